-- The comment bank: the comments, how often each was used by whom, and every change as it arrived.

-- version counts the changes; changed_in is the transaction of the last one, by which computers ask for news.
-- was_shared: who saw it once is told when it goes. copy_of: the words that a change met already changed.
CREATE TABLE public.bank_comments (
    comment_id uuid CONSTRAINT pk_bank_comments PRIMARY KEY,
    owner_user_id uuid NOT NULL CONSTRAINT fk_bank_comments_owner_user_id REFERENCES public.users ON DELETE RESTRICT,
    changed_by uuid NOT NULL CONSTRAINT fk_bank_comments_changed_by REFERENCES public.users ON DELETE RESTRICT,
    text text NOT NULL,
    marks numeric(5,2),
    question_id uuid,
    shared boolean DEFAULT false NOT NULL,
    archived boolean DEFAULT false NOT NULL,
    was_shared boolean DEFAULT false NOT NULL,
    copy_of uuid,
    version integer DEFAULT 1 NOT NULL,
    uses integer DEFAULT 0 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    changed_in bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ck_bank_comments_text CHECK (length(text) BETWEEN 1 AND 2000),
    CONSTRAINT ck_bank_comments_marks CHECK (marks BETWEEN 0 AND 100 AND marks % 0.5 = 0),
    CONSTRAINT ck_bank_comments_version CHECK (version > 0 AND uses >= 0)
);
CREATE INDEX ix_bank_comments_owner ON public.bank_comments (owner_user_id);
COMMENT ON INDEX public.ix_bank_comments_owner IS 'a teacher''s own, and the check when a user goes';
CREATE INDEX ix_bank_comments_changed_in ON public.bank_comments (changed_in);
COMMENT ON INDEX public.ix_bank_comments_changed_in IS 'what is new since a computer last asked';

CREATE TABLE public.comment_uses (
    comment_id uuid NOT NULL CONSTRAINT fk_comment_uses_comment_id REFERENCES public.bank_comments ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT fk_comment_uses_user_id REFERENCES public.users ON DELETE RESTRICT,
    uses integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_comment_uses PRIMARY KEY (comment_id, user_id)
);

-- No foreign key binds the comment: what was refused may name one that never was.
CREATE TABLE public.comment_changes (
    change_id uuid CONSTRAINT pk_comment_changes PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_comment_changes_user_id REFERENCES public.users ON DELETE RESTRICT,
    comment_id uuid,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    answer jsonb NOT NULL,
    received_at timestamptz DEFAULT clock_timestamp() NOT NULL
);
CREATE INDEX ix_comment_changes_comment ON public.comment_changes (comment_id, received_at);
COMMENT ON INDEX public.ix_comment_changes_comment IS 'every wording a comment ever had';

CREATE FUNCTION api._stamp_comment() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    NEW.changed_in := pg_catalog.pg_current_xact_id()::text::bigint;
    NEW.was_shared := NEW.was_shared OR NEW.shared;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_bank_comments_stamp BEFORE INSERT OR UPDATE ON public.bank_comments
    FOR EACH ROW EXECUTE FUNCTION api._stamp_comment();
CREATE TRIGGER tr_comment_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.comment_changes
    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change();
ALTER TABLE public.comment_changes ENABLE ALWAYS TRIGGER tr_comment_changes_append_only;
