"""Tables, columns, enum values and indexes are those that the web platform shares (`docs/database.md`)."""

from __future__ import annotations

import psycopg
import pytest

from tests.database.catalogue import FIFTEEN

ENUMS = {
    "mv_user_role": "student parent teacher admin",
    "mv_relationship_type": "father mother guardian other",
    "mv_plan_type": "basic premium_mcq premium centum",
    "mv_subscription_status": "active expired cancelled pending",
    "mv_question_type": "MCQ VSA SA LA",
    "mv_question_difficulty": "easy medium hard",
    "mv_question_status": "draft active archived",
    "mv_exam_type": "board_exam section_mcq section_vsa section_sa unit_practice",
    "mv_exam_status": "created in_progress submitted_mcq pending_upload uploaded pending_evaluation evaluated",
    "mv_evaluation_status": "assigned in_progress completed",
}

# name type, with ? when it may be NULL and = before its default; keys of type uuid are made by the server
_UUID = "uuid =gen_random_uuid()"
_STAMP = "timestamptz =now()"
_STAMPS = f"created_at {_STAMP}; updated_at {_STAMP}"
COLUMNS = {
    "users": f"user_id {_UUID}; email varchar(255); password_hash varchar(255); role mv_user_role;"
    " first_name varchar(100); last_name varchar(100); phone? varchar(20); student_class? varchar(10);"
    " student_photo_url? text; school_name? varchar(255); is_active boolean =true; email_verified boolean =false;"
    f" {_STAMPS}; last_login_at? timestamptz; is_coordinator boolean =false",
    "parent_student_mappings": f"mapping_id {_UUID}; parent_user_id uuid; student_user_id uuid;"
    f" relationship mv_relationship_type; is_primary boolean =false; created_at {_STAMP}",
    "subscription_plans": "plan_type mv_plan_type; display_name varchar(100); description? text;"
    " exams_per_month integer; teacher_hours_per_month? numeric(5,2); allow_board_exam boolean =true;"
    " allow_section_practice boolean =true; allow_unit_practice boolean =false; allow_mcq_only boolean =true;"
    " leaderboard_eligible boolean =false; sla_hours integer; monthly_price_paise? integer;"
    f" annual_price_paise? integer; is_active boolean =true; {_STAMPS}",
    "subscriptions": f"subscription_id {_UUID}; student_user_id uuid; plan_type mv_plan_type; start_date date;"
    " end_date date; billing_cycle varchar(20); status mv_subscription_status ='active';"
    " exams_used_this_month integer =0; exams_limit_per_month integer; teacher_hours_used? numeric(5,2) =0;"
    " teacher_hours_limit? numeric(5,2); billing_day_of_month integer; last_counter_reset_date? date;"
    " amount_paid_paise integer; currency varchar(3) ='INR'; payment_gateway? varchar(50);"
    f" payment_gateway_ref? varchar(255); {_STAMPS}",
    "questions": f"question_id {_UUID}; version integer =1; class varchar(10); unit varchar(100); topic? varchar(255);"
    " question_type mv_question_type; marks integer; difficulty? mv_question_difficulty; question_text? text;"
    " question_image_url? text; diagram_image_url? text; mcq_choices? jsonb; mcq_correct_choices? jsonb;"
    " correct_answer_text? text; correct_answer_image_url? text; explanation? text; explanation_image_url? text;"
    f" cbse_year? integer; tags? varchar[]; status mv_question_status ='draft'; created_by? uuid; {_STAMPS}",
    "exam_templates": f"template_id {_UUID}; template_name varchar(255); class varchar(10); exam_type mv_exam_type;"
    f" config jsonb; specific_unit? varchar(100); is_active boolean =true; created_by? uuid; {_STAMPS}",
    "exam_instances": f"exam_instance_id {_UUID}; student_user_id uuid; template_id uuid; exam_snapshot jsonb;"
    " exam_type mv_exam_type; class varchar(10); total_marks integer; duration_minutes integer;"
    " started_at? timestamptz; submitted_at? timestamptz; time_taken_minutes? integer;"
    " status mv_exam_status ='created'; mcq_score? numeric(6,2) =0; manual_score? numeric(6,2) =0;"
    f" total_score? numeric(6,2) =0; percentage? numeric(5,2); {_STAMPS}",
    "student_mcq_answers": f"answer_id {_UUID}; exam_instance_id uuid; question_number integer; question_id uuid;"
    " selected_choices jsonb; is_correct boolean; marks_awarded numeric(5,2); marks_possible numeric(5,2);"
    f" answered_at {_STAMP}",
    "answer_sheet_uploads": f"upload_id {_UUID}; exam_instance_id uuid; student_user_id uuid; page_number integer;"
    " s3_bucket varchar(255); s3_key text; file_size_bytes? bigint; mime_type? varchar(100);"
    f" questions_on_page? jsonb; uploaded_at {_STAMP}",
    "unanswered_questions": f"record_id {_UUID}; exam_instance_id uuid; question_number integer;"
    f" declared_unanswered boolean =true; declared_at {_STAMP}",
    "evaluations": f"evaluation_id {_UUID}; exam_instance_id uuid; teacher_user_id uuid; assigned_at {_STAMP};"
    " sla_deadline timestamptz; sla_hours_allocated integer; sla_breached boolean =false;"
    " status mv_evaluation_status ='assigned'; started_at? timestamptz; completed_at? timestamptz;"
    f" total_manual_marks? numeric(6,2); annotation_data? jsonb; {_STAMPS}; assignment_version integer =1;"
    " version bigint =0; submitted_claimed_at? timestamptz; submitted_estimated_at? timestamptz;"
    " submitted_quality? text; submitted_punctuality? text; breach_noticed? timestamptz; risk_noticed? timestamptz",
    "question_marks": f"mark_id {_UUID}; evaluation_id uuid; exam_instance_id uuid; question_number integer;"
    " question_id uuid; question_type mv_question_type; unit? varchar(100); marks_awarded numeric(5,2);"
    f" marks_possible numeric(5,2); teacher_comment? text; created_at {_STAMP}",
    "audit_logs": f"log_id {_UUID}; event_type varchar(100); actor_user_id? uuid; actor_role? mv_user_role;"
    " actor_ip? inet; resource_type? varchar(50); resource_id? uuid; event_data? jsonb;"
    f" created_at {_STAMP}; log_seq bigint",
    "holidays": f"holiday_id {_UUID}; holiday_date date; holiday_name varchar(255); holiday_type? varchar(50);"
    f" is_working_day boolean =false; {_STAMPS}",
    "system_config": "config_key varchar(100); config_value jsonb; description? text; updated_by? uuid;"
    f" updated_at {_STAMP}",
}

# table: its indexes as "keys", "keys WHERE …" or "gin keys"
INDEXES = {
    "users": {
        "role",
        "last_name, first_name WHERE is_active",
        "student_class WHERE (student_class IS NOT NULL)",
    },
    "parent_student_mappings": {"parent_user_id", "student_user_id", "student_user_id, is_primary WHERE is_primary"},
    "subscription_plans": {"monthly_price_paise WHERE is_active"},
    "subscriptions": {
        "student_user_id",
        "status",
        "student_user_id, status WHERE (status = 'active')",
        "end_date WHERE (status = 'active')",
    },
    "questions": {
        "class, unit",
        "question_type",
        "status WHERE (status = 'active')",
        "class, unit, question_type, status WHERE (status = 'active')",
        "gin tags",
        "gin mcq_choices jsonb_path_ops",
        "gin question_text gin_trgm_ops",
    },
    "exam_templates": {"class, exam_type", "template_name WHERE is_active"},
    "exam_instances": {
        "student_user_id",
        "status",
        "student_user_id, status",
        "created_at DESC",
        "submitted_at DESC WHERE (submitted_at IS NOT NULL)",
        "class, percentage DESC WHERE (status = 'evaluated')",
    },
    "student_mcq_answers": {"exam_instance_id", "question_id"},
    "answer_sheet_uploads": {"exam_instance_id", "s3_key", "student_user_id"},
    "unanswered_questions": {"exam_instance_id"},
    "evaluations": {
        "teacher_user_id",
        "status",
        "teacher_user_id, status",
        "sla_deadline, status WHERE (status <> 'completed')",
        "teacher_user_id, sla_deadline WHERE (status = ANY (ARRAY['assigned', 'in_progress']))",
        "teacher_user_id, completed_at DESC, evaluation_id DESC WHERE (status = 'completed')",
    },
    "question_marks": {"evaluation_id", "exam_instance_id", "question_id", "unit"},
    "audit_logs": {"event_type", "actor_user_id", "resource_type, resource_id", "created_at DESC"},
    "holidays": {"holiday_date"},
}


def test_the_ten_enums_have_the_shared_values_in_order(owner):
    found = owner.execute(
        "SELECT t.typname, string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder)"
        " FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid"
        " WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.typname"
    ).fetchall()
    assert dict(found) == ENUMS


@pytest.mark.parametrize("table", FIFTEEN)
def test_a_shared_table_has_its_columns(owner, table):
    found = owner.execute(
        "SELECT attname, attnotnull, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid) FROM pg_attribute"
        " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (table,),
    ).fetchall()
    assert [_column(*column) for column in found] == [column.strip() for column in COLUMNS[table].split(";")]


@pytest.mark.parametrize("table", INDEXES)
def test_a_shared_table_has_its_indexes(owner, table):
    assert INDEXES[table] <= set(_indexes(owner, table).values())


def test_there_are_at_least_45_indexes_beside_the_unique_ones(owner):
    assert sum(len(_indexes(owner, table)) for table in FIFTEEN) >= 45


def test_no_index_repeats_another_or_a_unique_rule(owner):
    twice = owner.execute(
        "SELECT a.indexrelid::regclass::text, b.indexrelid::regclass::text"
        " FROM pg_index a JOIN pg_index b USING (indrelid) JOIN pg_class c ON c.oid = a.indrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND a.indexrelid <> b.indexrelid AND NOT a.indisunique"
        " AND a.indkey = b.indkey AND a.indoption = b.indoption AND a.indclass = b.indclass"
        " AND coalesce(pg_get_expr(a.indexprs, a.indrelid), '') = coalesce(pg_get_expr(b.indexprs, b.indrelid), '')"
        " AND coalesce(pg_get_expr(a.indpred, a.indrelid), '') = coalesce(pg_get_expr(b.indpred, b.indrelid), '')"
    ).fetchall()
    assert twice == []


def test_every_index_names_the_query_it_serves(owner):
    silent = owner.execute(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND NOT indisunique AND NOT indisexclusion"
        " AND obj_description(indexrelid, 'pg_class') IS NULL"
    ).fetchall()
    assert silent == []


def _column(name: str, is_not_null: bool, type_name: str, default: str | None) -> str:
    for long, short in (("character varying", "varchar"), ("timestamp with time zone", "timestamptz")):
        type_name = type_name.replace(long, short)
    column = f"{name}{'' if is_not_null else '?'} {type_name}"
    return column if default is None else f"{column} ={_without_casts(default)}"


def _indexes(connection: psycopg.Connection, table: str) -> dict[str, str]:
    found = connection.execute(
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
        " WHERE indrelid = %s::regclass AND NOT indisunique AND NOT indisexclusion",
        (table,),
    )
    return {name: _index(definition) for name, definition in found}


def _index(definition: str) -> str:
    """CREATE INDEX i ON public.t USING btree (a, b) WHERE c → "a, b WHERE c"."""
    method, keys = definition.split(" USING ", 1)[1].split(" (", 1)
    keys, _, condition = keys.partition(") WHERE ")
    text = keys.removesuffix(")") + (f" WHERE {condition}" if condition else "")
    return _without_casts(text if method == "btree" else f"{method} {text}")


def _without_casts(expression: str) -> str:
    for cast in (*ENUMS, "character varying", "text"):
        expression = expression.replace(f"::{cast}", "")
    return expression
