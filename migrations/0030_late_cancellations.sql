-- Whether who holds a booking may still give it back after the notice, and what is kept where they do.
ALTER TABLE booking_rule_sets ADD late_cancel boolean;
ALTER TABLE bookings
    ADD cancelled_by uuid,
    ADD minutes_late integer CHECK (minutes_late >= 1),
    ADD CHECK (minutes_late IS NULL OR cancelled_late);

-- What was given back late, or taken over since, and has to be looked at for credit.
CREATE TABLE late_cancellations_due (
    instrument_id   uuid NOT NULL,
    booking_id      uuid NOT NULL,
    noted_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (instrument_id, booking_id)
);
CREATE INDEX late_cancellations_due_idx ON late_cancellations_due (noted_at);

CREATE FUNCTION note_late_cancellation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Not DO NOTHING: a row that is being worked off at this moment must be there again afterwards.
    INSERT INTO late_cancellations_due (instrument_id, booking_id) VALUES (NEW.instrument_id, NEW.id)
    ON CONFLICT (instrument_id, booking_id) DO UPDATE SET noted_at = excluded.noted_at;
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_note_late_cancellation AFTER UPDATE OF cancelled_late, taken_over_by ON bookings FOR EACH ROW
    WHEN (NEW.cancelled_late AND (NOT OLD.cancelled_late OR NEW.taken_over_by IS DISTINCT FROM OLD.taken_over_by))
    EXECUTE FUNCTION note_late_cancellation();

ALTER TABLE credit_rules
    DROP CONSTRAINT credit_rules_event_check,
    ADD CONSTRAINT credit_rules_event_check CHECK (event IN ('late', 'overran', 'leftEarly', 'noShow', 'cancelledLate'));
ALTER TABLE credit_entries
    DROP CONSTRAINT credit_entries_event_check,
    ADD CONSTRAINT credit_entries_event_check CHECK (event IN ('late', 'overran', 'leftEarly', 'noShow', 'cancelledLate')),
    DROP CONSTRAINT credit_entries_reversal_reason_check,
    ADD CONSTRAINT credit_entries_reversal_reason_check CHECK (reversal_reason IN ('judgedAnew', 'appeal', 'takenOver'));
-- Less than not to come at all, so that it is worth giving the time back.
INSERT INTO credit_rules (id, event, points, expires_days, valid_from, created_at) VALUES
    ('01900000-0000-7000-8000-000000000005', 'cancelledLate', -2, 90, '2020-01-01', now());
