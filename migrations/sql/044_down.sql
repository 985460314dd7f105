-- What 044 made; api._gather is put back as 026 has it beside this.

DROP FUNCTION api.insight_choices(uuid, text, date, date), api.insight_questions(text, date, date, text, int, int),
    api.insight_promises(text, date, date), api.insight_volumes(text, date, date),
    api.insight_predictions(text, date, date, int), api.insight_units(text, date, date), api._insight_as_of(),
    api._insight_class(text), api.refresh_insight(timestamptz, int), api._sum_volumes(),
    api._sum_promises(timestamptz, timestamptz), api._sum_week(date), api._week_of(timestamptz, text);
DROP TABLE api._insight_mark, api._insight_volumes, api._insight_promises, api._insight_choices,
    api._insight_questions, api._insight_units, api._insight_weeks;
