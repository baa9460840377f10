-- Groups of instruments of one institution, which rules and qualifications may speak of at once. An instrument may be in several.
ALTER TABLE instruments ADD CONSTRAINT instruments_institution_key UNIQUE (id, institution_id);

CREATE TABLE instrument_groups (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en         text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
    description     text NOT NULL DEFAULT '' CHECK (char_length(description) <= 500),
    is_active       boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL,
    version         bigint NOT NULL DEFAULT 1,
    CONSTRAINT instrument_groups_institution_key UNIQUE (id, institution_id),
    CONSTRAINT "instrument-group.name-taken" UNIQUE (institution_id, name)
);

-- Both keys carry the institution: no group holds an instrument of another one.
CREATE TABLE instrument_group_members (
    instrument_id   uuid NOT NULL,
    group_id        uuid NOT NULL,
    institution_id  uuid NOT NULL,
    PRIMARY KEY (instrument_id, group_id),
    CONSTRAINT "instrument-group.other-institution" FOREIGN KEY (instrument_id, institution_id) REFERENCES instruments (id, institution_id),
    FOREIGN KEY (group_id, institution_id) REFERENCES instrument_groups (id, institution_id)
);
CREATE INDEX instrument_group_members_group_idx ON instrument_group_members (group_id, instrument_id);
