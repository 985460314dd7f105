DELETE FROM public.notices WHERE kind IN ('sample.given', 'sample.declined');
DROP TRIGGER tr_evaluations_sample ON public.evaluations;
DROP FUNCTION api.sample_tolerances(), api.sample_rule(), api.scripts_to_sample(int), api.choose_samples(jsonb),
    api.ask_sample(uuid, text), api.give_sample(uuid, uuid), api.take_sample_back(uuid, text),
    api.my_second_markings(), api.read_second_marking(uuid), api.mark_second(uuid, jsonb, text),
    api.decline_second(uuid, text), api._note_sample(), api._choose(uuid, text, text, uuid),
    api._fault_of_second(uuid, uuid), api._end_second(public.second_markings, uuid, text, text),
    api._marks_second(uuid, uuid), api._read_second(uuid, jsonb);
DROP TABLE public.sample_marks, public.second_markings, public.script_samples, api._scripts_to_sample, api._sample_key;
ALTER TABLE public.system_config DISABLE TRIGGER tr_system_config_change;
DELETE FROM public.system_config
    WHERE config_key IN ('sample_first', 'sample_percent', 'sample_tolerance', 'sample_tolerance_long');
ALTER TABLE public.system_config ENABLE TRIGGER tr_system_config_change;
