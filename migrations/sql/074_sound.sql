-- Words of the bank that are mistyped in Hindi are found, too.

-- How a word in Devanagari sounds, roughly, in Latin letters; NULL for other words. Vowel signs (but ृ, an r), halant and
-- nukta are left out, letters that are taken for one another are one (स श ष, न ण, aspirated or not), and a nasal sign is an
-- n: so हिंदी is हिन्दी, and प्रशन is प्रश्न. In Latin letters because pg_trgm takes what is no letter in the server's locale
-- for a gap between words: vowel signs everywhere, and in some locales all of Devanagari.
CREATE FUNCTION api._sound(p_word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_word ~ '[ऀ-ॿ]' THEN translate(
        normalize(p_word, NFD),
        'कखगघङञणनँंऀचछजझटठतथडढदधपफबभमयरलळवशषसहअआइईउऊऋॠृॄऍऎएऐऑऒओऔ०१२३४५६७८९'
            || U&'\0903\093a\093b\093c\093d\093e\093f\0940\0941\0942\0945\0946\0947\0948\0949\094a\094b\094c\094d\094e\094f\0951\0952\0953\0954\0955\0956\0957\0962\0963\0971',
        'kkggnnnnnnnccjjttttddddppbbmyrllvssshaaiiuurrrreeeeoooo0123456789'
    ) END
$$;
CREATE INDEX ix_question_words_sound ON public.question_words USING gin (api._sound(word) gin_trgm_ops);
COMMENT ON INDEX public.ix_question_words_sound IS 'api._search_query: words in Hindi that sound alike';

-- As in 042, and in Hindi by the sound.
CREATE OR REPLACE FUNCTION api._search_query(p_words text) RETURNS tsquery
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_found tsquery;
    v_one tsquery;
    v_word text;
    v_last text := U&'\+10FFFF';
    v_sound text;
BEGIN
    FOREACH v_word IN ARRAY (api._words(left(p_words, 200)))[1:12] LOOP
        v_one := (quote_literal(v_word) || ':*')::tsquery;
        IF length(v_word) > 2 AND NOT EXISTS (
            SELECT 1 FROM public.question_words w WHERE w.word >= v_word AND w.word < v_word || v_last
        ) THEN
            v_sound := api._sound(v_word);
            IF v_sound IS NULL THEN
                SELECT coalesce(string_agg(quote_literal(a.word), ' | ')::tsquery, v_one) INTO v_one
                FROM (
                    SELECT w.word FROM public.question_words w WHERE w.word OPERATOR(public.%) v_word
                    ORDER BY public.similarity(w.word, v_word) DESC, w.word LIMIT 4
                ) a;
            ELSE
                SELECT coalesce(string_agg(quote_literal(a.word), ' | ')::tsquery, v_one) INTO v_one
                FROM (
                    SELECT w.word FROM public.question_words w WHERE api._sound(w.word) OPERATOR(public.%) v_sound
                    ORDER BY public.similarity(api._sound(w.word), v_sound) DESC, abs(length(w.word) - length(v_word)), w.word
                    LIMIT 4
                ) a;
            END IF;
        END IF;
        v_found := coalesce(v_found && v_one, v_one);
    END LOOP;
    RETURN v_found;
END
$$;

REVOKE EXECUTE ON FUNCTION api._sound(text) FROM PUBLIC;
