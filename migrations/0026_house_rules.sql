-- House rules: documents that people read and agree to before they book the instruments of a place. A version once published stays
-- as it is; a new one asks again, with a day until which the former one is enough.
CREATE TABLE house_rules (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    instrument_id   uuid REFERENCES instruments,
    group_id        uuid REFERENCES instrument_groups,
    is_active       boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL,
    version         bigint NOT NULL DEFAULT 1,
    CHECK (num_nonnulls(instrument_id, group_id) <= 1)
);
CREATE INDEX house_rules_institution_idx ON house_rules (institution_id, id);
CREATE INDEX house_rules_instrument_idx ON house_rules (instrument_id) WHERE instrument_id IS NOT NULL;
CREATE INDEX house_rules_group_idx ON house_rules (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE house_rule_versions (
    house_rule_id   uuid NOT NULL REFERENCES house_rules,
    number          integer NOT NULL CHECK (number >= 1),
    title           text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 100),
    title_en        text NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 200),
    text            text NOT NULL DEFAULT '' CHECK (char_length(text) <= 20000),
    text_en         text NOT NULL DEFAULT '' CHECK (char_length(text_en) <= 20000),
    link            text CHECK (char_length(link) BETWEEN 1 AND 500),
    valid_from      date NOT NULL,
    grace_until     date,
    published_by    uuid NOT NULL REFERENCES people,
    published_at    timestamptz NOT NULL,
    PRIMARY KEY (house_rule_id, number),
    CHECK (grace_until >= valid_from),
    CONSTRAINT "house-rules.text-or-link" CHECK ((text <> '' AND text_en <> '') OR link IS NOT NULL)
);

CREATE TABLE house_rule_readings (
    house_rule_id   uuid NOT NULL,
    number          integer NOT NULL,
    person_id       uuid NOT NULL REFERENCES people,
    read_at         timestamptz NOT NULL,
    PRIMARY KEY (house_rule_id, number, person_id),
    FOREIGN KEY (house_rule_id, number) REFERENCES house_rule_versions
);
CREATE INDEX house_rule_readings_person_idx ON house_rule_readings (person_id, house_rule_id);
CREATE INDEX house_rule_readings_time_idx ON house_rule_readings (house_rule_id, read_at, person_id);

CREATE FUNCTION keep_house_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published and what was read stays as it was' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'house-rules.immutable';
END $$;
CREATE TRIGGER house_rule_versions_immutable BEFORE UPDATE OR DELETE ON house_rule_versions FOR EACH ROW EXECUTE FUNCTION keep_house_rules();
CREATE TRIGGER house_rule_readings_immutable BEFORE UPDATE OR DELETE ON house_rule_readings FOR EACH ROW EXECUTE FUNCTION keep_house_rules();

-- Feedback after a use, where none was given at check-out, and the days that the rules of a place leave for it.
ALTER TABLE booking_rule_sets ADD feedback_days integer CHECK (feedback_days BETWEEN 0 AND 366);

CREATE TABLE usage_feedback (
    instrument_id   uuid NOT NULL,
    usage_id        uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('normal', 'fault')),
    text            text NOT NULL DEFAULT '' CHECK (char_length(text) <= 500),
    rating          integer CHECK (rating BETWEEN 1 AND 5),
    given_by        uuid NOT NULL REFERENCES people,
    given_at        timestamptz NOT NULL,
    CONSTRAINT "usage.feedback-given" PRIMARY KEY (instrument_id, usage_id),
    FOREIGN KEY (instrument_id, usage_id) REFERENCES usage_records,
    CONSTRAINT "usage.feedback-fault" CHECK (kind <> 'fault' OR text <> '')
);
