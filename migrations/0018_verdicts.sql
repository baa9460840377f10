-- What became of bookings that are over: a judgement beside the booking, remade when what it stood on changes.
CREATE TABLE verdict_settings (
    id                  uuid PRIMARY KEY,
    instrument_id       uuid NOT NULL REFERENCES instruments,
    valid_from          date NOT NULL,
    valid_to            date,
    usage_controlled    boolean NOT NULL DEFAULT true,
    late_grace_minutes  integer CHECK (late_grace_minutes BETWEEN 0 AND 1440),
    over_grace_minutes  integer CHECK (over_grace_minutes BETWEEN 0 AND 1440),
    early_grace_minutes integer CHECK (early_grace_minutes BETWEEN 0 AND 1440),
    created_by          uuid,
    created_at          timestamptz NOT NULL,
    CHECK (valid_to >= valid_from),
    CONSTRAINT "verdict-settings.overlap" EXCLUDE USING gist (instrument_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);

CREATE TABLE booking_verdicts (
    instrument_id   uuid NOT NULL REFERENCES instruments,
    id              uuid NOT NULL,
    booking_id      uuid NOT NULL,
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    booking_ended_at timestamptz NOT NULL,
    judged_at       timestamptz NOT NULL,
    found           text[] NOT NULL CHECK (cardinality(found) >= 1 AND found <@ ARRAY['asBooked', 'late', 'overran', 'leftEarly', 'noShow']),
    minutes_late    integer NOT NULL DEFAULT 0 CHECK (minutes_late >= 0),
    minutes_over    integer NOT NULL DEFAULT 0 CHECK (minutes_over >= 0),
    minutes_early   integer NOT NULL DEFAULT 0 CHECK (minutes_early >= 0),
    usage_ids       uuid[] NOT NULL DEFAULT '{}',
    excuse_reason   text CHECK (char_length(excuse_reason) BETWEEN 1 AND 500),
    excused_by      uuid,
    excused_at      timestamptz,
    superseded_by   uuid,
    PRIMARY KEY (instrument_id, id),
    CHECK ((excuse_reason IS NULL) = (excused_by IS NULL) AND (excuse_reason IS NULL) = (excused_at IS NULL))
);
CREATE UNIQUE INDEX "verdict.one-stands" ON booking_verdicts (instrument_id, booking_id) WHERE superseded_by IS NULL;
CREATE INDEX booking_verdicts_booking_idx ON booking_verdicts (booking_id, id);
CREATE INDEX booking_verdicts_person_idx ON booking_verdicts (person_id, booking_ended_at) WHERE superseded_by IS NULL;

CREATE FUNCTION keep_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.superseded_by IS NOT NULL OR (to_jsonb(NEW) - 'superseded_by') IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_by') THEN
        RAISE EXCEPTION 'a verdict is kept as it was made; another takes its place' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'verdict.immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_verdicts_immutable BEFORE UPDATE OR DELETE ON booking_verdicts FOR EACH ROW EXECUTE FUNCTION keep_verdict();

-- Bookings that wait to be judged, or to be judged again. However late the job comes, none is forgotten and no history is searched.
CREATE TABLE verdicts_due (
    instrument_id   uuid NOT NULL,
    booking_id      uuid NOT NULL,
    due_from        timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, booking_id)
);
CREATE INDEX verdicts_due_idx ON verdicts_due (due_from);

CREATE FUNCTION await_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO verdicts_due (instrument_id, booking_id, due_from) VALUES (NEW.instrument_id, NEW.id, NEW.ends_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_await_verdict AFTER UPDATE OF status ON bookings FOR EACH ROW
    WHEN (NEW.status = 'completed' AND OLD.status <> 'completed') EXECUTE FUNCTION await_verdict();

-- Bookings that were completed before there were verdicts, as far back as a use is still likely to be corrected.
INSERT INTO verdicts_due (instrument_id, booking_id, due_from)
SELECT instrument_id, id, ends_at FROM bookings WHERE status = 'completed' AND starts_at > now() - interval '62 days';
