-- Bookings. The exclusion constraint is the truth: no instrument's unit is held twice at one time, on any path.
CREATE TABLE bookings (
    instrument_id   uuid NOT NULL REFERENCES instruments,
    id              uuid NOT NULL,
    unit            smallint NOT NULL DEFAULT 1 CHECK (unit >= 1),
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    institution_id  uuid,
    series_id       uuid,
    fund_id         uuid,
    service_mode    text NOT NULL CHECK (service_mode IN ('selfOperated', 'assisted', 'entrusted', 'remote', 'other')),
    purpose         text NOT NULL DEFAULT '' CHECK (char_length(purpose) <= 500),
    status          text NOT NULL CHECK (status IN ('requested', 'confirmed', 'rejected', 'expired', 'cancelled', 'inUse', 'completed')),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    held            tstzrange NOT NULL,
    user_class      text NOT NULL CHECK (user_class IN ('internal', 'academic', 'enterprise')),
    price_policy_id uuid,
    estimate_fen    bigint,
    estimate_currency text,
    rules_version   bigint NOT NULL,
    override_reason text,
    decided_by      uuid,
    decided_at      timestamptz,
    decision_reason text,
    cancelled_at    timestamptz,
    cancel_reason   text,
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    PRIMARY KEY (instrument_id, id),
    CHECK (ends_at > starts_at),
    CHECK (ends_at - starts_at <= interval '31 days'),
    CHECK (held @> tstzrange(starts_at, ends_at)),
    CONSTRAINT "booking.overlap" EXCLUDE USING gist (instrument_id WITH =, unit WITH =, held WITH &&)
        WHERE (status IN ('requested', 'confirmed', 'inUse'))
);
CREATE INDEX bookings_id_idx ON bookings (id);
CREATE INDEX bookings_calendar_idx ON bookings (instrument_id, starts_at) INCLUDE (ends_at, status, id, person_id, unit)
    WHERE status IN ('requested', 'confirmed', 'inUse', 'completed');
CREATE INDEX bookings_person_idx ON bookings (person_id, starts_at);CREATE INDEX bookings_time_idx ON bookings (starts_at, id);

-- What jobs look for: requests that are due, and the confirmed past that leaves the constraint's index.
CREATE INDEX bookings_due_idx ON bookings (starts_at) WHERE status IN ('requested', 'confirmed');
