-- The waiting list: who waits for which time of an instrument, and what was offered to whom.
CREATE TABLE standby_requests (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    fund_id         uuid,
    service_mode    text NOT NULL CHECK (service_mode IN ('selfOperated', 'assisted', 'entrusted', 'remote', 'other')),
    purpose         text NOT NULL DEFAULT '' CHECK (char_length(purpose) <= 500),
    use_place       text CHECK (char_length(use_place) <= 100),
    customs_notice  text CHECK (char_length(customs_notice) <= 50),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    minutes         integer NOT NULL CHECK (minutes BETWEEN 1 AND 44640),
    status          text NOT NULL CHECK (status IN ('waiting', 'offered', 'booked', 'declined', 'withdrawn', 'lapsed')),
    booking_id      uuid,
    created_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    looked_at       timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CHECK (ends_at - starts_at >= minutes * interval '1 minute'),
    CHECK (ends_at - starts_at <= interval '31 days'),
    CHECK ((status = 'booked') = (booking_id IS NOT NULL)),
    CHECK ((status IN ('waiting', 'offered')) = (closed_at IS NULL))
);
CREATE UNIQUE INDEX "standby.already" ON standby_requests (instrument_id, person_id, starts_at, ends_at, minutes) WHERE status IN ('waiting', 'offered');
CREATE INDEX standby_requests_line_idx ON standby_requests (instrument_id, created_at, id) WHERE status IN ('waiting', 'offered');
CREATE INDEX standby_requests_person_idx ON standby_requests (person_id, created_at, id);
CREATE INDEX standby_requests_looked_idx ON standby_requests (looked_at) WHERE status = 'waiting';

-- The booking of an open offer holds its time; it becomes the booking when accepted and is removed when not.
CREATE TABLE standby_offers (
    id              uuid PRIMARY KEY,
    request_id      uuid NOT NULL REFERENCES standby_requests,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    booking_id      uuid NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    offered_at      timestamptz NOT NULL,
    answer_by       timestamptz NOT NULL,
    state           text NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired')),
    answered_at     timestamptz,
    CHECK (ends_at > starts_at),
    CHECK (answer_by > offered_at AND answer_by <= starts_at),
    CHECK ((state = 'open') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX "standby.one-offer" ON standby_offers (request_id) WHERE state = 'open';
CREATE INDEX standby_offers_request_idx ON standby_offers (request_id);
CREATE INDEX standby_offers_due_idx ON standby_offers (answer_by) WHERE state = 'open';
CREATE INDEX standby_offers_open_idx ON standby_offers (instrument_id) WHERE state = 'open';
CREATE INDEX standby_offers_instrument_idx ON standby_offers (instrument_id, offered_at);

-- Time that became free while somebody waits for it. Rows are only added and removed, so that nobody who gives time back waits here.
CREATE TABLE freed_times (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instrument_id   uuid NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL
);

ALTER TABLE bookings
    ADD offered_until timestamptz,
    ADD cancelled_late boolean NOT NULL DEFAULT false,
    ADD taken_over_by uuid,
    ADD taken_over_at timestamptz,
    ADD CONSTRAINT "standby.offer-state" CHECK (offered_until IS NULL OR status = 'requested'),
    ADD CONSTRAINT "booking.late-state" CHECK (status = 'cancelled' OR NOT cancelled_late),
    ADD CONSTRAINT "booking.taken-over" CHECK ((taken_over_by IS NULL) = (taken_over_at IS NULL) AND (taken_over_by IS NULL OR cancelled_late)),
    DROP CONSTRAINT "approval.nobody",
    ADD CONSTRAINT "approval.nobody" CHECK ((status = 'requested' AND offered_until IS NULL) = (approval_by IS NOT NULL));
CREATE INDEX bookings_late_idx ON bookings (starts_at) WHERE cancelled_late AND taken_over_by IS NULL;

CREATE FUNCTION note_freed_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO freed_times (instrument_id, starts_at, ends_at)
    SELECT OLD.instrument_id, lower(OLD.held), upper(OLD.held) WHERE EXISTS (
        SELECT 1 FROM standby_requests r WHERE r.instrument_id = OLD.instrument_id AND r.status = 'waiting' AND r.starts_at < upper(OLD.held) AND r.ends_at > lower(OLD.held));
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_note_freed_time AFTER UPDATE OF status, held, unit ON bookings FOR EACH ROW
    WHEN (OLD.status IN ('requested', 'confirmed') AND (NEW.status IN ('cancelled', 'rejected', 'expired') OR NEW.held <> OLD.held OR NEW.unit <> OLD.unit))
    EXECUTE FUNCTION note_freed_time();
