-- Who pays may dispute a charge for some days; until somebody has decided it is not collected and not claimed.
ALTER TABLE charges ADD COLUMN is_disputed boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION keep_issued_charge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open text[] := ARRAY['status', 'tags', 'evidence', 'claim_reference', 'invoice_number', 'invoiced_on', 'statement_id', 'version', 'is_disputed'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'charges are never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    IF OLD.status <> 'estimated' AND (to_jsonb(NEW) - open) IS DISTINCT FROM (to_jsonb(OLD) - open) THEN
        RAISE EXCEPTION 'an issued charge is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    IF (OLD.status = 'issued' AND NEW.status = 'estimated') OR (OLD.status = 'reversed' AND NEW.status <> 'reversed') THEN
        RAISE EXCEPTION 'a charge goes from estimated to issued to reversed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE charge_disputes (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    charge_id       uuid NOT NULL,
    institution_id  uuid NOT NULL REFERENCES institutions,
    person_id       uuid NOT NULL REFERENCES people,
    reason          text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
    stated_at       timestamptz NOT NULL,
    status          text NOT NULL CHECK (status IN ('open', 'upheld', 'rejected')),
    decided_by      uuid,
    decided_at      timestamptz,
    decision_reason text CHECK (char_length(decision_reason) BETWEEN 1 AND 500),
    replaced_by     uuid,
    CHECK ((status = 'open') = (decided_by IS NULL) AND (status = 'open') = (decided_at IS NULL) AND (status = 'open') = (decision_reason IS NULL)),
    CHECK (replaced_by IS NULL OR status = 'upheld'),
    FOREIGN KEY (instrument_id, charge_id) REFERENCES charges (instrument_id, id),
    CONSTRAINT "charge-dispute.own" CHECK (decided_by <> person_id),
    CONSTRAINT "charge-dispute.once" UNIQUE (charge_id)
);
CREATE INDEX charge_disputes_open_idx ON charge_disputes (institution_id, stated_at) WHERE status = 'open';
