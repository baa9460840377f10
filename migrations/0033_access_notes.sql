-- How to connect to an instrument that is used from afar: versions, of which the newest holds. The text is sealed by the
-- data-protection keys, so that a copy of this table tells nothing; a version without text withdraws the one before.
CREATE TABLE instrument_access_notes (
    instrument_id   uuid NOT NULL REFERENCES instruments,
    number          integer NOT NULL CHECK (number >= 1),
    sealed_text     text,
    written_by      uuid NOT NULL REFERENCES people,
    written_at      timestamptz NOT NULL,
    CONSTRAINT "access-notes.changed-meanwhile" PRIMARY KEY (instrument_id, number)
);
