-- Usage records: what really happened. A closed row is never changed but for is_current; a correction is a new row.
CREATE TABLE usage_records (
    instrument_id   uuid NOT NULL REFERENCES instruments,
    id              uuid NOT NULL,
    unit            smallint NOT NULL DEFAULT 1 CHECK (unit >= 1),
    booking_id      uuid,
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    institution_id  uuid,
    service_mode    text NOT NULL CHECK (service_mode IN ('selfOperated', 'assisted', 'entrusted', 'remote', 'other')),
    purpose         text NOT NULL DEFAULT '' CHECK (char_length(purpose) <= 500),
    source          text NOT NULL CHECK (source IN ('checkIn', 'manual', 'import')),
    status          text NOT NULL CHECK (status IN ('open', 'closed')),
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    used            tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(started_at, ended_at, '[)')) STORED,
    samples         integer NOT NULL DEFAULT 0 CHECK (samples >= 0),
    feedback        text NOT NULL DEFAULT '' CHECK (char_length(feedback) <= 500),
    reason          text CHECK (char_length(reason) <= 500),
    problem         text CHECK (problem IN ('takenOver', 'noPrice')),
    corrects_id     uuid,
    is_current      boolean NOT NULL DEFAULT true,
    entered_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    PRIMARY KEY (instrument_id, id),
    CHECK (ended_at > started_at),
    CHECK ((status = 'closed') = (ended_at IS NOT NULL)),
    CONSTRAINT "usage.overlap" EXCLUDE USING gist (instrument_id WITH =, unit WITH =, used WITH &&) WHERE (is_current)
);
CREATE INDEX usage_records_id_idx ON usage_records (id);
CREATE INDEX usage_records_time_idx ON usage_records (instrument_id, started_at) WHERE is_current;
CREATE INDEX usage_records_person_idx ON usage_records (person_id, started_at) WHERE is_current;
CREATE INDEX usage_records_recent_idx ON usage_records (started_at, id) WHERE is_current;
CREATE INDEX usage_records_problem_idx ON usage_records (instrument_id) WHERE is_current AND problem IS NOT NULL;
CREATE INDEX usage_records_corrects_idx ON usage_records (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX usage_records_booking_idx ON usage_records (booking_id) WHERE booking_id IS NOT NULL;

CREATE FUNCTION keep_closed_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'usage records are never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage.immutable';
    END IF;
    -- used is made of start and end after this trigger has run.
    IF OLD.status = 'closed' AND (to_jsonb(NEW) - ARRAY['is_current', 'used']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['is_current', 'used']) THEN
        RAISE EXCEPTION 'a closed usage record is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage.immutable';
    END IF;
    IF NEW.is_current AND NOT OLD.is_current THEN
        RAISE EXCEPTION 'a corrected usage record never becomes current again' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage.immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_records_immutable BEFORE UPDATE OR DELETE ON usage_records FOR EACH ROW EXECUTE FUNCTION keep_closed_usage();
