-- Instruments with the fields of the national record, opening hours, closures and booking rules.
CREATE TABLE instruments (
    id                  uuid PRIMARY KEY,
    institution_id      uuid NOT NULL REFERENCES institutions,
    inner_id            text NOT NULL CHECK (char_length(inner_id) BETWEEN 1 AND 150),
    name                text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en             text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 100),
    model               text NOT NULL DEFAULT '' CHECK (char_length(model) <= 100),
    manufacturer        text NOT NULL DEFAULT '' CHECK (char_length(manufacturer) <= 50),
    classification      text NOT NULL CHECK (classification ~ '^[0-9]{6}$'),
    belongs_to          text NOT NULL DEFAULT 'none' CHECK (belongs_to IN ('none', 'center', 'facility', 'stateKeyLaboratory', 'engineeringCenter', 'germplasmBank')),
    belongs_to_name     text NOT NULL DEFAULT '' CHECK (char_length(belongs_to_name) <= 100),
    region              text NOT NULL CHECK (region ~ '^CN-[0-9]{2}([0-9]{2}){0,2}$'),
    street              text NOT NULL DEFAULT '' CHECK (char_length(street) <= 100),
    original_value_fen  bigint NOT NULL CHECK (original_value_fen >= 0),
    original_value_currency text NOT NULL DEFAULT 'CNY',
    is_set              boolean NOT NULL DEFAULT false,
    funding             text NOT NULL DEFAULT 'public' CHECK (funding IN ('public', 'private')),
    funds               text[] NOT NULL DEFAULT '{}',
    source              text NOT NULL DEFAULT 'purchased' CHECK (source IN ('purchased', 'developed', 'donated', 'other')),
    kind                text NOT NULL DEFAULT 'general' CHECK (kind IN ('general', 'special')),
    subjects            text[] NOT NULL DEFAULT '{}',
    nation              text NOT NULL DEFAULT '',
    accepted_on         date,
    enrolled_on         date,
    begin_on            date,
    technical           text NOT NULL DEFAULT '' CHECK (char_length(technical) <= 500),
    function            text NOT NULL DEFAULT '' CHECK (char_length(function) <= 300),
    requirement         text NOT NULL DEFAULT '' CHECK (char_length(requirement) <= 500),
    fee                 text NOT NULL DEFAULT '' CHECK (char_length(fee) <= 500),
    service_content     text NOT NULL DEFAULT '' CHECK (char_length(service_content) <= 200),
    service_url         text NOT NULL DEFAULT '' CHECK (char_length(service_url) <= 100),
    customs_supervised  boolean NOT NULL DEFAULT false,
    inside_depart       text NOT NULL DEFAULT '' CHECK (char_length(inside_depart) <= 100),
    contact             text NOT NULL DEFAULT '' CHECK (char_length(contact) <= 20),
    phone               text NOT NULL DEFAULT '' CHECK (char_length(phone) <= 20),
    email               text NOT NULL DEFAULT '' CHECK (char_length(email) <= 50),
    address             text NOT NULL DEFAULT '' CHECK (char_length(address) <= 100),
    postal_code         text NOT NULL DEFAULT '' CHECK (postal_code = '' OR postal_code ~ '^[0-9]{6}$'),
    sharing             text NOT NULL DEFAULT 'external' CHECK (sharing IN ('external', 'internal', 'none')),
    status              text NOT NULL DEFAULT 'normal' CHECK (status IN ('normal', 'occasionalFault', 'frequentFault', 'awaitingRepair', 'toBeScrapped')),
    is_visible          boolean NOT NULL DEFAULT true,
    takes_bookings      boolean NOT NULL DEFAULT true,
    capacity            smallint NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 1000),
    time_zone           text NOT NULL DEFAULT 'Asia/Shanghai',
    rules_version       bigint NOT NULL DEFAULT 1,
    version             bigint NOT NULL DEFAULT 1,
    search              tsvector NOT NULL DEFAULT '',
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    CONSTRAINT "instrument.inner-id-taken" UNIQUE (institution_id, inner_id)
);
CREATE INDEX instruments_search_idx ON instruments USING gin (search);
CREATE INDEX instruments_classification_idx ON instruments (classification);
CREATE INDEX instruments_name_idx ON instruments (name, id);

-- Weekly hours in the instrument's zone; several spans a day are several rows; none at all means never open.
CREATE TABLE opening_hours (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    weekday         smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_minute    smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute   smallint NOT NULL CHECK (closes_minute BETWEEN 1 AND 1440),
    valid_from      date NOT NULL,
    valid_to        date,
    CHECK (closes_minute > opens_minute),
    CONSTRAINT "opening-hours.overlap" EXCLUDE USING gist (instrument_id WITH =, weekday WITH =,
        int4range(opens_minute, closes_minute) WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
);

CREATE TABLE closures (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    kind            text NOT NULL CHECK (kind IN ('closure', 'maintenance')),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    title           text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    cancelled_at    timestamptz,
    CHECK (ends_at > starts_at)
);
CREATE INDEX closures_instrument_idx ON closures USING gist (instrument_id, tstzrange(starts_at, ends_at)) WHERE cancelled_at IS NULL;

-- The rules of booking in force on a date. Minutes and days; null = no such limit.
CREATE TABLE booking_rule_sets (
    id                      uuid PRIMARY KEY,
    instrument_id           uuid NOT NULL REFERENCES instruments,
    valid_from              date NOT NULL,
    valid_to                date,
    min_minutes             integer NOT NULL DEFAULT 15 CHECK (min_minutes BETWEEN 1 AND 44640),
    max_minutes             integer NOT NULL DEFAULT 480 CHECK (max_minutes BETWEEN 1 AND 44640),
    granularity_minutes     integer NOT NULL DEFAULT 15 CHECK (granularity_minutes BETWEEN 1 AND 1440),
    lead_minutes            integer NOT NULL DEFAULT 0 CHECK (lead_minutes >= 0),
    horizon_days            integer NOT NULL DEFAULT 30 CHECK (horizon_days BETWEEN 1 AND 730),
    cancel_lead_minutes     integer NOT NULL DEFAULT 0 CHECK (cancel_lead_minutes >= 0),
    setup_minutes           integer NOT NULL DEFAULT 0 CHECK (setup_minutes BETWEEN 0 AND 1440),
    cooling_minutes         integer NOT NULL DEFAULT 0 CHECK (cooling_minutes BETWEEN 0 AND 1440),
    person_day_minutes      integer CHECK (person_day_minutes > 0),
    person_week_minutes     integer CHECK (person_week_minutes > 0),
    approval_required       boolean NOT NULL DEFAULT false,
    created_by              uuid,
    created_at              timestamptz NOT NULL,
    CHECK (max_minutes >= min_minutes),
    CHECK (valid_to >= valid_from),
    CONSTRAINT "booking-rules.overlap" EXCLUDE USING gist (instrument_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
