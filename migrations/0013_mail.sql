-- Mail by each person's wishes, notices that are told once, calendar feeds.

-- Why a message does not leave by itself: it waits for the daily digest, has gone into one, is not wanted, or tells of what is no longer so.
ALTER TABLE outbox_messages ADD COLUMN held text CHECK (held IN ('digest', 'digested', 'off', 'overtaken'));
DROP INDEX outbox_messages_due_idx;
CREATE INDEX outbox_messages_due_idx ON outbox_messages (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL AND held IS NULL;
CREATE INDEX outbox_messages_digest_idx ON outbox_messages (next_attempt_at) WHERE held = 'digest';

CREATE TABLE mail_preferences (
    person_id       uuid PRIMARY KEY REFERENCES people,
    time_zone       text NOT NULL,
    quiet_from_minute smallint CHECK (quiet_from_minute BETWEEN 0 AND 1439),
    quiet_to_minute smallint CHECK (quiet_to_minute BETWEEN 0 AND 1439),
    digest_minute   smallint NOT NULL CHECK (digest_minute BETWEEN 0 AND 1439),
    reminder_hours  smallint NOT NULL CHECK (reminder_hours BETWEEN 1 AND 72),
    choices         jsonb NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CHECK ((quiet_from_minute IS NULL) = (quiet_to_minute IS NULL)),
    CHECK (quiet_from_minute <> quiet_to_minute)
);

-- That a notice about a booking has been written: of one kind, about one moment (a move makes another), once.
CREATE TABLE booking_notices (
    booking_id      uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('toDecide', 'reminder', 'ending')),
    about           timestamptz NOT NULL,
    told_at         timestamptz NOT NULL,
    PRIMARY KEY (booking_id, kind, about)
);
CREATE INDEX bookings_requested_idx ON bookings (created_at) WHERE status = 'requested';
CREATE INDEX bookings_in_use_idx ON bookings (ends_at) WHERE status = 'inUse';
CREATE INDEX role_grants_scope_idx ON role_grants (scope_id) WHERE revoked_at IS NULL AND scope_id IS NOT NULL;

CREATE TABLE calendar_feeds (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    kind            text NOT NULL CHECK (kind IN ('mine', 'managed', 'group', 'instrument')),
    target_id       uuid,
    prefix          text NOT NULL,
    secret_hash     bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    renewed_at      timestamptz NOT NULL,
    last_read_at    timestamptz,
    revoked_at      timestamptz,
    content_digest  text,
    changed_at      timestamptz NOT NULL,
    CHECK ((kind IN ('group', 'instrument')) = (target_id IS NOT NULL)),
    CONSTRAINT "feed.prefix" UNIQUE (prefix)
);
CREATE INDEX calendar_feeds_person_idx ON calendar_feeds (person_id);
