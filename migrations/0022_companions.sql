-- What a booking takes along: other instruments, places in rooms, a technician's time. All of it is held in the transaction of the
-- booking or nothing is, and it ends with the booking, whichever way that ends.
CREATE TABLE rooms (
    id                  uuid PRIMARY KEY,
    institution_id      uuid NOT NULL REFERENCES institutions,
    name                text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en             text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
    place               text NOT NULL DEFAULT '' CHECK (char_length(place) <= 200),
    capacity            integer NOT NULL CHECK (capacity BETWEEN 1 AND 200),
    counts_in           text NOT NULL CHECK (counts_in IN ('groups', 'people')),
    opens_minute        integer CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute       integer CHECK (closes_minute BETWEEN 1 AND 1440),
    closed_on_holidays  boolean NOT NULL DEFAULT false,
    is_active           boolean NOT NULL DEFAULT true,
    created_at          timestamptz NOT NULL,
    version             bigint NOT NULL DEFAULT 1,
    CHECK ((opens_minute IS NULL) = (closes_minute IS NULL)),
    CHECK (closes_minute > opens_minute),
    CONSTRAINT "room.name-taken" UNIQUE (institution_id, name)
);

CREATE TABLE instrument_links (
    id                      uuid PRIMARY KEY,
    instrument_id           uuid NOT NULL REFERENCES instruments,
    linked_instrument_id    uuid REFERENCES instruments,
    room_id                 uuid REFERENCES rooms,
    modes                   jsonb NOT NULL DEFAULT '[]',
    before_minutes          integer NOT NULL DEFAULT 0 CHECK (before_minutes BETWEEN 0 AND 1440),
    after_minutes           integer NOT NULL DEFAULT 0 CHECK (after_minutes BETWEEN 0 AND 1440),
    people                  integer NOT NULL DEFAULT 1 CHECK (people BETWEEN 1 AND 50),
    valid_from              date NOT NULL,
    valid_to                date,
    created_by              uuid NOT NULL REFERENCES people,
    created_at              timestamptz NOT NULL,
    CHECK (valid_to >= valid_from),
    CHECK (num_nonnulls(linked_instrument_id, room_id) = 1),
    CONSTRAINT "instrument-link.itself" CHECK (linked_instrument_id IS DISTINCT FROM instrument_id),
    CONSTRAINT "instrument-link.overlap" EXCLUDE USING gist (instrument_id WITH =, (coalesce(linked_instrument_id, room_id)) WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
CREATE INDEX instrument_links_instrument_idx ON instrument_links (instrument_id);
CREATE INDEX instrument_links_linked_idx ON instrument_links (linked_instrument_id) WHERE linked_instrument_id IS NOT NULL;
CREATE INDEX instrument_links_room_idx ON instrument_links (room_id) WHERE room_id IS NOT NULL;

CREATE TABLE technician_hours (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    weekday         smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_minute    smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute   smallint NOT NULL CHECK (closes_minute BETWEEN 1 AND 1440),
    valid_from      date NOT NULL,
    valid_to        date,
    CHECK (closes_minute > opens_minute),
    CHECK (valid_to >= valid_from),
    CONSTRAINT "technician.hours-overlap" EXCLUDE USING gist (person_id WITH =, weekday WITH =, int4range(opens_minute, closes_minute) WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
);

CREATE TABLE technician_absences (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    note            text NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
    created_by      uuid NOT NULL REFERENCES people,
    created_at      timestamptz NOT NULL,
    cancelled_at    timestamptz,
    CHECK (ends_at > starts_at)
);
CREATE INDEX technician_absences_time_idx ON technician_absences USING gist (person_id, tstzrange(starts_at, ends_at)) WHERE cancelled_at IS NULL;

CREATE TABLE technician_holds (
    booking_id      uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    technician_id   uuid NOT NULL REFERENCES people,
    held            tstzrange NOT NULL,
    is_held         boolean NOT NULL DEFAULT true,
    CONSTRAINT "booking.technician-busy" EXCLUDE USING gist (technician_id WITH =, held WITH &&) WHERE (is_held)
);
CREATE INDEX technician_holds_time_idx ON technician_holds USING gist (technician_id, held);

CREATE TABLE room_holds (
    booking_id      uuid NOT NULL,
    room_id         uuid NOT NULL REFERENCES rooms,
    unit            smallint NOT NULL CHECK (unit >= 1),
    instrument_id   uuid NOT NULL REFERENCES instruments,
    held            tstzrange NOT NULL,
    is_held         boolean NOT NULL DEFAULT true,
    PRIMARY KEY (booking_id, room_id, unit),
    CONSTRAINT "booking.room-taken" EXCLUDE USING gist (room_id WITH =, unit WITH =, held WITH &&) WHERE (is_held)
);
CREATE INDEX room_holds_time_idx ON room_holds USING gist (room_id, held);

-- A companion is a booking of a linked instrument, made, moved and ended with its main one.
ALTER TABLE bookings
    ADD main_id uuid,
    ADD takes_along boolean NOT NULL DEFAULT false;
CREATE INDEX bookings_main_idx ON bookings (main_id) WHERE main_id IS NOT NULL;

CREATE FUNCTION end_companions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE technician_holds SET is_held = false WHERE booking_id = NEW.id AND is_held;
    UPDATE room_holds SET is_held = false WHERE booking_id = NEW.id AND is_held;
    WITH ended AS (
        UPDATE bookings SET status = CASE NEW.status WHEN 'completed' THEN 'completed' ELSE 'cancelled' END, version = version + 1,
            cancelled_at = CASE NEW.status WHEN 'completed' THEN NULL ELSE coalesce(NEW.cancelled_at, NEW.decided_at, now()) END
        WHERE main_id = NEW.id AND status IN ('requested', 'confirmed', 'inUse')
        RETURNING id, instrument_id, person_id, status, unit
    )
    INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload)
    SELECT 'booking.' || e.status, now(), e.id, e.instrument_id, i.institution_id, e.person_id, jsonb_build_object('status', e.status, 'unit', e.unit)
    FROM ended e JOIN instruments i ON i.id = e.instrument_id;
    RETURN NULL;
END $$;
CREATE TRIGGER bookings_end_companions AFTER UPDATE OF status ON bookings FOR EACH ROW
    WHEN (NEW.takes_along AND OLD.status IN ('requested', 'confirmed', 'inUse') AND NEW.status NOT IN ('requested', 'confirmed', 'inUse')) EXECUTE FUNCTION end_companions();

-- What became of a booking is judged once, for the main one.
DROP TRIGGER bookings_await_verdict ON bookings;
CREATE TRIGGER bookings_await_verdict AFTER UPDATE OF status ON bookings FOR EACH ROW
    WHEN (NEW.status = 'completed' AND OLD.status <> 'completed' AND NEW.main_id IS NULL) EXECUTE FUNCTION await_verdict();
