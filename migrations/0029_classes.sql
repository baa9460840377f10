-- Classes: a course's session on one or several instruments, each held by a booking like any other.
CREATE TABLE class_sessions (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    course          text NOT NULL CHECK (char_length(course) BETWEEN 1 AND 100),
    course_en       text NOT NULL CHECK (char_length(course_en) BETWEEN 1 AND 200),
    teacher_id      uuid NOT NULL REFERENCES people,
    students        integer NOT NULL CHECK (students BETWEEN 1 AND 500),
    roster          jsonb NOT NULL DEFAULT '[]',
    note            text NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    attended        integer,
    recorded_by     uuid,
    recorded_at     timestamptz,
    cancelled_at    timestamptz,
    cancel_reason   text CHECK (char_length(cancel_reason) BETWEEN 1 AND 500),
    created_by      uuid NOT NULL REFERENCES people,
    created_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CHECK (ends_at > starts_at),
    CONSTRAINT "class.attended" CHECK (attended BETWEEN 0 AND students),
    CHECK ((attended IS NULL) = (recorded_at IS NULL)),
    CHECK ((cancelled_at IS NULL) = (cancel_reason IS NULL))
);
CREATE INDEX class_sessions_time_idx ON class_sessions (institution_id, starts_at, id);
CREATE INDEX class_sessions_teacher_idx ON class_sessions (teacher_id, starts_at);

CREATE TABLE class_bookings (
    instrument_id   uuid NOT NULL,
    booking_id      uuid NOT NULL,
    session_id      uuid NOT NULL REFERENCES class_sessions,
    PRIMARY KEY (instrument_id, booking_id),
    FOREIGN KEY (instrument_id, booking_id) REFERENCES bookings (instrument_id, id)
);
CREATE INDEX class_bookings_session_idx ON class_bookings (session_id);
