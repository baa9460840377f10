-- Series of bookings. A date remembers where the series had it, so that a booking may be moved by itself and still be known; a
-- date without a booking was skipped and says why.
CREATE TABLE booking_series (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    fund_id         uuid,
    service_mode    text NOT NULL CHECK (service_mode IN ('selfOperated', 'assisted', 'entrusted', 'remote', 'other')),
    purpose         text NOT NULL DEFAULT '' CHECK (char_length(purpose) <= 500),
    use_place       text CHECK (char_length(use_place) <= 100),
    customs_notice  text CHECK (char_length(customs_notice) <= 50),
    rrule           text NOT NULL CHECK (char_length(rrule) BETWEEN 1 AND 500),
    starts_at       timestamp NOT NULL,
    minutes         integer NOT NULL CHECK (minutes BETWEEN 1 AND 44640),
    zone            text NOT NULL,
    ex_dates        jsonb NOT NULL DEFAULT '[]',
    r_dates         jsonb NOT NULL DEFAULT '[]',
    conflicts       text NOT NULL CHECK (conflicts IN ('skip', 'fail')),
    split_from      uuid REFERENCES booking_series,
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1
);
CREATE INDEX booking_series_person_idx ON booking_series (person_id, created_at);
CREATE INDEX booking_series_split_idx ON booking_series (split_from) WHERE split_from IS NOT NULL;

CREATE TABLE booking_series_dates (
    id              uuid PRIMARY KEY,
    series_id       uuid NOT NULL REFERENCES booking_series,
    starts_at       timestamp NOT NULL,
    booking_id      uuid UNIQUE,
    problems        jsonb NOT NULL DEFAULT '[]',
    CHECK (booking_id IS NOT NULL OR problems <> '[]')
);
CREATE INDEX booking_series_dates_series_idx ON booking_series_dates (series_id, starts_at);
CREATE INDEX bookings_series_idx ON bookings (series_id) WHERE series_id IS NOT NULL;
