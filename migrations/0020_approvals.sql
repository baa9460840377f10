-- Approvals in steps. The rules say who is asked; a request carries its own copy, so that a later change of the rules leaves it as it is.
ALTER TABLE booking_rule_sets ADD approvals jsonb;

ALTER TABLE bookings
    ADD approvals jsonb NOT NULL DEFAULT '[]',
    ADD approval_by text CHECK (approval_by IN ('groupLeader', 'instrumentOwner', 'institution')),
    ADD approval_since timestamptz,
    ADD approval_due_at timestamptz;
UPDATE bookings SET approval_by = 'instrumentOwner', approval_since = created_at, approvals = jsonb_build_array(jsonb_build_object(
    'by', 'instrumentOwner', 'atDeadline', 'remind', 'state', 'open', 'openedAt', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
WHERE status = 'requested';

-- A request always waits for somebody, and nothing is confirmed while somebody is still to be asked.
ALTER TABLE bookings
    ADD CONSTRAINT "approval.nobody" CHECK ((status = 'requested') = (approval_by IS NOT NULL)),
    ADD CONSTRAINT "approval.open" CHECK (status NOT IN ('confirmed', 'inUse', 'completed') OR NOT jsonb_path_exists(approvals, '$[*] ? (@.state == "open" || @.state == "waiting")'));
CREATE INDEX bookings_approval_due_idx ON bookings (approval_due_at) WHERE approval_due_at IS NOT NULL;

-- Permissions lent to another person for a time, with the roles of who lends them.
CREATE TABLE delegations (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    delegate_id     uuid NOT NULL REFERENCES people,
    permission      text NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    CHECK (ends_at > starts_at),
    CONSTRAINT "delegate.self" CHECK (person_id <> delegate_id),
    CONSTRAINT "delegate.overlap" EXCLUDE USING gist (person_id WITH =, delegate_id WITH =, permission WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (revoked_at IS NULL)
);
CREATE INDEX delegations_delegate_idx ON delegations (delegate_id, ends_at) WHERE revoked_at IS NULL;
