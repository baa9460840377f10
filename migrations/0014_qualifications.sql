-- What an instrument or a group of instruments asks of who operates it: training with seats, results, certificates that expire.
CREATE TABLE qualifications (
    id                      uuid PRIMARY KEY,
    institution_id          uuid NOT NULL REFERENCES institutions,
    instrument_id           uuid,
    group_id                uuid,
    name                    text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en                 text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
    description             text NOT NULL DEFAULT '' CHECK (char_length(description) <= 500),
    required_level          text NOT NULL DEFAULT 'independent' CHECK (required_level IN ('independent', 'trainer')),
    valid_months            integer CHECK (valid_months BETWEEN 1 AND 120),
    book_before_training    boolean NOT NULL DEFAULT false,
    is_active               boolean NOT NULL DEFAULT true,
    created_at              timestamptz NOT NULL,
    version                 bigint NOT NULL DEFAULT 1,
    CONSTRAINT "qualification.target" CHECK (num_nonnulls(instrument_id, group_id) = 1),
    CONSTRAINT "qualification.name-taken" UNIQUE (institution_id, name),
    FOREIGN KEY (instrument_id, institution_id) REFERENCES instruments (id, institution_id),
    FOREIGN KEY (group_id, institution_id) REFERENCES instrument_groups (id, institution_id)
);
CREATE INDEX qualifications_instrument_idx ON qualifications (instrument_id) WHERE instrument_id IS NOT NULL;
CREATE INDEX qualifications_group_idx ON qualifications (group_id) WHERE group_id IS NOT NULL;

-- A session that uses an instrument holds its time by a booking, under the same constraint as every other.
CREATE TABLE training_sessions (
    id                  uuid PRIMARY KEY,
    qualification_id    uuid NOT NULL REFERENCES qualifications,
    instrument_id       uuid,
    booking_id          uuid UNIQUE,
    trainer_id          uuid NOT NULL REFERENCES people,
    level               text NOT NULL CHECK (level IN ('supervised', 'independent', 'trainer')),
    starts_at           timestamptz NOT NULL,
    ends_at             timestamptz NOT NULL,
    place               text NOT NULL CHECK (char_length(place) BETWEEN 1 AND 200),
    note                text NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
    seats               integer NOT NULL CHECK (seats BETWEEN 1 AND 500),
    seats_taken         integer NOT NULL DEFAULT 0 CHECK (seats_taken >= 0),
    sign_up_until       timestamptz NOT NULL,
    leave_until         timestamptz NOT NULL,
    created_by          uuid NOT NULL,
    created_at          timestamptz NOT NULL,
    cancelled_at        timestamptz,
    cancel_reason       text CHECK (char_length(cancel_reason) BETWEEN 1 AND 500),
    version             bigint NOT NULL DEFAULT 1,
    CHECK (ends_at > starts_at),
    CHECK ((instrument_id IS NULL) = (booking_id IS NULL)),
    CONSTRAINT "training.full" CHECK (seats_taken <= seats),
    FOREIGN KEY (instrument_id, booking_id) REFERENCES bookings (instrument_id, id)
);
CREATE INDEX training_sessions_time_idx ON training_sessions (starts_at, id);
CREATE INDEX training_sessions_qualification_idx ON training_sessions (qualification_id, starts_at);

CREATE TABLE certificates (
    id                  uuid PRIMARY KEY,
    qualification_id    uuid NOT NULL REFERENCES qualifications,
    person_id           uuid NOT NULL REFERENCES people,
    level               text NOT NULL CHECK (level IN ('supervised', 'independent', 'trainer')),
    valid_from          date NOT NULL,
    valid_to            date,
    session_id          uuid REFERENCES training_sessions,
    reason              text NOT NULL DEFAULT '' CHECK (char_length(reason) <= 500),
    issued_by           uuid NOT NULL,
    issued_at           timestamptz NOT NULL,
    revoked_by          uuid,
    revoked_at          timestamptz,
    revoke_reason       text CHECK (char_length(revoke_reason) BETWEEN 1 AND 500),
    reminded30_at       timestamptz,
    reminded7_at        timestamptz,
    version             bigint NOT NULL DEFAULT 1,
    CHECK (valid_to >= valid_from),
    CHECK (session_id IS NOT NULL OR reason <> ''),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE INDEX certificates_person_idx ON certificates (person_id, qualification_id);
CREATE INDEX certificates_qualification_idx ON certificates (qualification_id, id);
CREATE INDEX certificates_expiry_idx ON certificates (valid_to) WHERE revoked_at IS NULL AND reminded7_at IS NULL;

CREATE TABLE training_attendees (
    session_id      uuid NOT NULL REFERENCES training_sessions,
    person_id       uuid NOT NULL REFERENCES people,
    signed_up_at    timestamptz NOT NULL,
    left_at         timestamptz,
    result          text CHECK (result IN ('passed', 'failed', 'absent')),
    level           text CHECK (level IN ('supervised', 'independent', 'trainer')),
    remark          text NOT NULL DEFAULT '' CHECK (char_length(remark) <= 500),
    recorded_by     uuid,
    recorded_at     timestamptz,
    certificate_id  uuid REFERENCES certificates DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (session_id, person_id),
    CHECK ((level IS NOT NULL) = (result IS NOT DISTINCT FROM 'passed')),
    CHECK ((result IS NULL) = (recorded_at IS NULL))
);
CREATE INDEX training_attendees_person_idx ON training_attendees (person_id, session_id);
