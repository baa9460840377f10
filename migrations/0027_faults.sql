-- What people report to be wrong with an instrument, kept for good.
CREATE TABLE faults (
    instrument_id   uuid NOT NULL REFERENCES instruments,
    id              uuid NOT NULL,
    reported_by     uuid NOT NULL REFERENCES people,
    reported_at     timestamptz NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('limited', 'unusable')),
    text            text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 2000),
    booking_id      uuid,
    kiosk_id        uuid REFERENCES kiosks,
    status          text NOT NULL CHECK (status IN ('reported', 'acknowledged', 'resolved')),
    acknowledged_by uuid,
    acknowledged_at timestamptz,
    notice          text CHECK (char_length(notice) BETWEEN 1 AND 200),
    resolved_by     uuid,
    resolved_at     timestamptz,
    resolution      text CHECK (char_length(resolution) BETWEEN 1 AND 500),
    closure_id      uuid REFERENCES closures,
    PRIMARY KEY (instrument_id, id),
    CHECK ((status = 'reported') = (acknowledged_at IS NULL) AND (acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (notice IS NULL)),
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolution IS NULL))
);
CREATE INDEX faults_id_idx ON faults (id);
CREATE INDEX faults_open_idx ON faults (instrument_id, reported_at) WHERE status <> 'resolved';
CREATE INDEX faults_person_idx ON faults (reported_by, reported_at);

CREATE FUNCTION keep_fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'resolved'
        OR (NEW.instrument_id, NEW.id, NEW.reported_by, NEW.reported_at, NEW.text, NEW.booking_id, NEW.kiosk_id) IS DISTINCT FROM (OLD.instrument_id, OLD.id, OLD.reported_by, OLD.reported_at, OLD.text, OLD.booking_id, OLD.kiosk_id)
        OR (OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by) IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by)) THEN
        RAISE EXCEPTION 'a fault is kept as it was reported and settled' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'fault.immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER faults_immutable BEFORE UPDATE OR DELETE ON faults FOR EACH ROW EXECUTE FUNCTION keep_fault();
