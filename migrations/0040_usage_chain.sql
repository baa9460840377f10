-- Closed usage records in the order they were entered, each linked to the one before by SHA-256, one chain an instrument; and the
-- daily seals over the heads of all chains. Only is_current of a record is outside.
CREATE TABLE usage_links (
    instrument_id   uuid NOT NULL,
    number          bigint NOT NULL CHECK (number >= 1),
    usage_id        uuid NOT NULL,
    record_digest   bytea NOT NULL CHECK (octet_length(record_digest) = 32),
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    is_adopted      boolean NOT NULL DEFAULT false,
    linked_at       timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, number),
    UNIQUE (instrument_id, usage_id),
    FOREIGN KEY (instrument_id, usage_id) REFERENCES usage_records (instrument_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX usage_links_time_idx ON usage_links (linked_at);

CREATE TABLE usage_seals (
    sealed_on       date PRIMARY KEY,
    sealed_at       timestamptz NOT NULL,
    heads           integer NOT NULL CHECK (heads >= 0),
    links           bigint NOT NULL CHECK (links >= 0),
    heads_digest    bytea NOT NULL CHECK (octet_length(heads_digest) = 32),
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE TABLE usage_seal_heads (
    sealed_on       date NOT NULL REFERENCES usage_seals,
    instrument_id   uuid NOT NULL,
    number          bigint NOT NULL CHECK (number >= 1),
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (instrument_id, sealed_on)
);
CREATE INDEX usage_seal_heads_day_idx ON usage_seal_heads (sealed_on);

CREATE FUNCTION keep_usage_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'links and seals of usage are never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'usage.chain-immutable';
END $$;
CREATE TRIGGER usage_links_immutable BEFORE UPDATE OR DELETE ON usage_links FOR EACH ROW EXECUTE FUNCTION keep_usage_chain();
CREATE TRIGGER usage_seals_immutable BEFORE UPDATE OR DELETE ON usage_seals FOR EACH ROW EXECUTE FUNCTION keep_usage_chain();
CREATE TRIGGER usage_seal_heads_immutable BEFORE UPDATE OR DELETE ON usage_seal_heads FOR EACH ROW EXECUTE FUNCTION keep_usage_chain();
