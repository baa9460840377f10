-- Charges. An issued charge is never edited: it is reversed by a row of its own and entered again.
CREATE TABLE charges (
    instrument_id       uuid NOT NULL REFERENCES instruments,
    id                  uuid NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('charge', 'reversal')),
    reverses_id         uuid,
    usage_id            uuid,
    booking_id          uuid,
    person_id           uuid NOT NULL REFERENCES people,
    group_id            uuid,
    institution_id      uuid NOT NULL REFERENCES institutions,
    user_institution_id uuid REFERENCES institutions,
    user_class          text NOT NULL CHECK (user_class IN ('internal', 'academic', 'enterprise')),
    service_mode        text NOT NULL CHECK (service_mode IN ('selfOperated', 'assisted', 'entrusted', 'remote', 'other')),
    status              text NOT NULL CHECK (status IN ('estimated', 'issued', 'reversed')),
    amount_fen          bigint NOT NULL,
    amount_currency     text NOT NULL DEFAULT 'CNY',
    price_policy_id     uuid,
    served_on           date NOT NULL,
    seconds             bigint NOT NULL DEFAULT 0 CHECK (seconds >= 0),
    samples             integer NOT NULL DEFAULT 0 CHECK (samples >= 0),
    inputs              jsonb NOT NULL DEFAULT '{}',
    explanation         jsonb NOT NULL DEFAULT '{}',
    tags                text[] NOT NULL DEFAULT '{}',
    evidence            text[] NOT NULL DEFAULT '{}',
    claim_reference     text,
    invoice_number      text,
    invoiced_on         date,
    statement_id        uuid,
    reason              text,
    created_by          uuid,
    created_at          timestamptz NOT NULL,
    issued_at           timestamptz,
    version             integer NOT NULL DEFAULT 1,
    PRIMARY KEY (instrument_id, id),
    CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL)),
    CHECK (kind = 'reversal' OR amount_fen >= 0),
    CHECK ((invoice_number IS NULL) = (invoiced_on IS NULL)),
    -- An institution's invoice number stands on one charge, or on those of one statement.
    CONSTRAINT "charge.invoice-taken" EXCLUDE USING gist (institution_id WITH =, invoice_number WITH =, coalesce(statement_id, id) WITH <>)
        WHERE (invoice_number IS NOT NULL AND kind = 'charge')
);
CREATE INDEX charges_id_idx ON charges (id);
CREATE INDEX charges_recent_idx ON charges (served_on, id);
CREATE INDEX charges_person_idx ON charges (person_id, served_on);
CREATE INDEX charges_institution_idx ON charges (institution_id, served_on);
CREATE INDEX charges_user_institution_idx ON charges (user_institution_id, served_on);
CREATE INDEX charges_instrument_idx ON charges (instrument_id, user_class, served_on);
CREATE INDEX charges_usage_idx ON charges (usage_id);
CREATE INDEX charges_booking_idx ON charges (booking_id) WHERE booking_id IS NOT NULL;
CREATE UNIQUE INDEX "charge.reversed-once" ON charges (instrument_id, reverses_id) WHERE kind = 'reversal';
CREATE UNIQUE INDEX "charge.usage-charged-once" ON charges (instrument_id, usage_id) WHERE kind = 'charge' AND status <> 'reversed';

CREATE FUNCTION keep_issued_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'charges are never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    IF OLD.status <> 'estimated' AND
       (to_jsonb(NEW) - ARRAY['status', 'tags', 'evidence', 'claim_reference', 'invoice_number', 'invoiced_on', 'statement_id', 'version'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['status', 'tags', 'evidence', 'claim_reference', 'invoice_number', 'invoiced_on', 'statement_id', 'version']) THEN
        RAISE EXCEPTION 'an issued charge is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    IF (OLD.status = 'issued' AND NEW.status = 'estimated') OR (OLD.status = 'reversed' AND NEW.status <> 'reversed') THEN
        RAISE EXCEPTION 'a charge goes from estimated to issued to reversed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'charge.immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charges_immutable BEFORE UPDATE OR DELETE ON charges FOR EACH ROW EXECUTE FUNCTION keep_issued_charge();
