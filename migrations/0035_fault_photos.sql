-- Pictures of a fault, in the database so that every node has them.
CREATE TABLE fault_photos (
    instrument_id   uuid NOT NULL,
    fault_id        uuid NOT NULL,
    number          smallint NOT NULL CHECK (number BETWEEN 1 AND 4),
    media_type      text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
    content         bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 5242880),
    added_by        uuid NOT NULL REFERENCES people,
    added_at        timestamptz NOT NULL,
    CONSTRAINT "fault.photo-meanwhile" PRIMARY KEY (instrument_id, fault_id, number),
    FOREIGN KEY (instrument_id, fault_id) REFERENCES faults (instrument_id, id)
);
