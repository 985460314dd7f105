-- What the database keeps by itself, whoever writes.

CREATE FUNCTION mv_keep_updated_at() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    -- At an update the clock, not the start of the transaction: two changes in one transaction differ.
    NEW.updated_at := CASE TG_OP WHEN 'INSERT' THEN now() ELSE clock_timestamp() END;
    RETURN NEW;
END
$$;

CREATE FUNCTION mv_refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;

CREATE FUNCTION mv_keep_exam_snapshot() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION 'the snapshot of exam % never changes', OLD.exam_instance_id
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
              COLUMN = 'exam_snapshot', CONSTRAINT = TG_NAME;
END
$$;

REVOKE ALL ON FUNCTION mv_keep_updated_at(), mv_refuse_change(), mv_keep_exam_snapshot() FROM PUBLIC;

CREATE TRIGGER tr_users_updated_at BEFORE INSERT OR UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_subscription_plans_updated_at BEFORE INSERT OR UPDATE ON subscription_plans
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_subscriptions_updated_at BEFORE INSERT OR UPDATE ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_questions_updated_at BEFORE INSERT OR UPDATE ON questions
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_exam_templates_updated_at BEFORE INSERT OR UPDATE ON exam_templates
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_exam_instances_updated_at BEFORE INSERT OR UPDATE ON exam_instances
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_evaluations_updated_at BEFORE INSERT OR UPDATE ON evaluations
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();
CREATE TRIGGER tr_system_config_updated_at BEFORE INSERT OR UPDATE ON system_config
    FOR EACH ROW EXECUTE FUNCTION mv_keep_updated_at();

-- One a statement: it also refuses what would hit no row, and it is the only kind that sees TRUNCATE.
CREATE TRIGGER tr_audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION mv_refuse_change();

-- The image is compared, not the value: 1.0 and 1.00 are equal in jsonb, yet the text a reader gets differs.
CREATE TRIGGER tr_exam_instances_snapshot BEFORE UPDATE ON exam_instances
    FOR EACH ROW WHEN (record_image_ne(ROW(OLD.exam_snapshot), ROW(NEW.exam_snapshot)))
    EXECUTE FUNCTION mv_keep_exam_snapshot();

-- Also when a session plays the replica, which switches ordinary triggers off.
ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER tr_audit_logs_append_only;
ALTER TABLE exam_instances ENABLE ALWAYS TRIGGER tr_exam_instances_snapshot;
