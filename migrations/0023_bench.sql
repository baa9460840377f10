-- At the bench: short addresses of instruments, tablets beside them, and how people say there who they are.
CREATE TABLE bench_codes (
    instrument_id   uuid PRIMARY KEY REFERENCES instruments,
    code            text NOT NULL CHECK (code ~ '^[0-9a-f]{8}$'),
    CONSTRAINT "bench-code.taken" UNIQUE (code)
);

-- Made of the instrument's id, so that the same instruments have the same labels; a taken one gives way to the next.
CREATE FUNCTION give_bench_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tried integer := 0;
    made text;
BEGIN
    LOOP
        made := substr(md5(NEW.id::text || tried::text), 1, 8);
        EXIT WHEN NOT EXISTS (SELECT 1 FROM bench_codes WHERE code = made);
        tried := tried + 1;
    END LOOP;
    INSERT INTO bench_codes (instrument_id, code) VALUES (NEW.id, made);
    RETURN NULL;
END $$;
CREATE TRIGGER instruments_bench_code AFTER INSERT ON instruments FOR EACH ROW EXECUTE FUNCTION give_bench_code();
DO $$
DECLARE
    tried integer := 0;
BEGIN
    LOOP
        INSERT INTO bench_codes (instrument_id, code)
        SELECT id, substr(md5(id::text || tried::text), 1, 8) FROM instruments i WHERE NOT EXISTS (SELECT 1 FROM bench_codes c WHERE c.instrument_id = i.id) ORDER BY id
        ON CONFLICT DO NOTHING;
        EXIT WHEN NOT EXISTS (SELECT 1 FROM instruments i WHERE NOT EXISTS (SELECT 1 FROM bench_codes c WHERE c.instrument_id = i.id));
        tried := tried + 1;
    END LOOP;
END $$;

-- A tablet. Of its one-time code and of its device's secret only hashes are kept.
CREATE TABLE kiosks (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    code_hash       bytea,
    code_expires_at timestamptz,
    secret_hash     bytea,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    enrolled_at     timestamptz,
    last_seen_at    timestamptz,
    revoked_at      timestamptz,
    revoked_by      uuid,
    revoke_reason   text CHECK (char_length(revoke_reason) BETWEEN 1 AND 500),
    failures        integer NOT NULL DEFAULT 0,
    failing_since   timestamptz,
    locked_until    timestamptz,
    CHECK ((code_hash IS NULL) = (code_expires_at IS NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason IS NULL)),
    CHECK (revoked_at IS NULL OR (secret_hash IS NULL AND code_hash IS NULL))
);
CREATE INDEX kiosks_institution_idx ON kiosks (institution_id);
CREATE UNIQUE INDEX "kiosk.code-taken" ON kiosks (code_hash) WHERE code_hash IS NOT NULL;

CREATE TABLE kiosk_instruments (
    kiosk_id        uuid NOT NULL REFERENCES kiosks,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    PRIMARY KEY (kiosk_id, instrument_id)
);
CREATE INDEX kiosk_instruments_instrument_idx ON kiosk_instruments (instrument_id);

-- A card's number is kept as a keyed hash: enough to know it again, not to read it.
CREATE TABLE badges (
    person_id       uuid NOT NULL REFERENCES people,
    institution_id  uuid NOT NULL REFERENCES institutions,
    hash            bytea NOT NULL,
    entered_by      uuid NOT NULL,
    entered_at      timestamptz NOT NULL,
    PRIMARY KEY (person_id, institution_id),
    CONSTRAINT "badge.taken" UNIQUE (institution_id, hash)
);

CREATE TABLE kiosk_pins (
    person_id       uuid PRIMARY KEY REFERENCES people,
    hash            text NOT NULL,
    set_at          timestamptz NOT NULL,
    failures        integer NOT NULL DEFAULT 0,
    locked_until    timestamptz
);

-- Secrets that all nodes share, each sealed by the data-protection keys.
CREATE TABLE server_secrets (
    name            text PRIMARY KEY,
    sealed          text NOT NULL,
    created_at      timestamptz NOT NULL
);
