-- What every module stands on: events, audit trail, outbox, keys of data protection, idempotency.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE events (
    sequence        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    subject_id      uuid NOT NULL,
    instrument_id   uuid,
    institution_id  uuid,
    person_id       uuid,
    payload         jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_instrument_idx ON events (instrument_id, sequence);

CREATE TABLE audit_entries (
    id              uuid PRIMARY KEY,
    occurred_at     timestamptz NOT NULL,
    person_id       uuid,
    actor           text NOT NULL,
    action          text NOT NULL,
    subject_kind    text NOT NULL,
    subject_id      text NOT NULL,
    institution_id  uuid,
    reason          text,
    before          jsonb,
    after           jsonb
);
CREATE INDEX audit_entries_subject_idx ON audit_entries (subject_kind, subject_id, occurred_at);
CREATE INDEX audit_entries_time_idx ON audit_entries (occurred_at);

CREATE TABLE outbox_messages (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    recipient       text NOT NULL,
    person_id       uuid,
    language        text NOT NULL CHECK (language IN ('zh-CN', 'en')),
    data            jsonb NOT NULL,
    created_at      timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    sent_at         timestamptz,
    failed_at       timestamptz,
    last_error      text
);
CREATE INDEX outbox_messages_due_idx ON outbox_messages (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;

CREATE TABLE data_protection_keys (
    name            text PRIMARY KEY,
    xml             text NOT NULL
);

CREATE TABLE idempotency_keys (
    caller          text NOT NULL,
    route           text NOT NULL,
    key             text NOT NULL,
    request_hash    text NOT NULL,
    status          integer NOT NULL,
    location        text,
    body            text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (caller, route, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);

-- What was loaded once (reference data, demo region) and must not be loaded again.
CREATE TABLE loaded_data (
    name            text PRIMARY KEY,
    digest          text NOT NULL,
    loaded_at       timestamptz NOT NULL
);
