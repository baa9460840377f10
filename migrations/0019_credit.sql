-- Open credit: a score of which every point is one entry with its cause and the rule that it followed.
CREATE TABLE credit_rules (
    id              uuid PRIMARY KEY,
    region          text CHECK (region ~ '^CN-[0-9]{2}([0-9]{2}){0,2}$'),
    institution_id  uuid REFERENCES institutions,
    event           text NOT NULL CHECK (event IN ('late', 'overran', 'leftEarly', 'noShow')),
    version         integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    points          integer NOT NULL CHECK (points BETWEEN -100 AND 0),
    expires_days    integer CHECK (expires_days BETWEEN 1 AND 3650),
    is_enabled      boolean NOT NULL DEFAULT true,
    valid_from      date NOT NULL,
    valid_to        date,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    place           text NOT NULL GENERATED ALWAYS AS (coalesce(institution_id::text, region, '')) STORED,
    CHECK (valid_to >= valid_from),
    CHECK (region IS NULL OR institution_id IS NULL),
    CONSTRAINT "credit-rule.overlap" EXCLUDE USING gist (place WITH =, event WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
-- What holds everywhere until a region or an institution says otherwise. Ninety days later the points count no more.
INSERT INTO credit_rules (id, event, points, expires_days, valid_from, created_at) VALUES
    ('01900000-0000-7000-8000-000000000001', 'late', -1, 90, '2020-01-01', now()),
    ('01900000-0000-7000-8000-000000000002', 'overran', -1, 90, '2020-01-01', now()),
    ('01900000-0000-7000-8000-000000000003', 'leftEarly', -1, 90, '2020-01-01', now()),
    ('01900000-0000-7000-8000-000000000004', 'noShow', -5, 90, '2020-01-01', now());

CREATE TABLE credit_entries (
    id              uuid PRIMARY KEY,
    person_id       uuid NOT NULL REFERENCES people,
    group_id        uuid,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    institution_id  uuid NOT NULL REFERENCES institutions,
    points          integer NOT NULL,
    event           text NOT NULL CHECK (event IN ('late', 'overran', 'leftEarly', 'noShow')),
    rule_id         uuid NOT NULL REFERENCES credit_rules,
    rule_version    integer NOT NULL,
    cause_kind      text NOT NULL CHECK (cause_kind IN ('booking')),
    cause_id        uuid NOT NULL,
    occurred_at     timestamptz NOT NULL,
    expires_at      timestamptz,
    entered_at      timestamptz NOT NULL,
    reverses_id     uuid REFERENCES credit_entries,
    reversal_reason text CHECK (reversal_reason IN ('judgedAnew', 'appeal')),
    reversed_by     uuid,
    CHECK ((reverses_id IS NULL) = (reversal_reason IS NULL))
);
CREATE UNIQUE INDEX "credit.entered-once" ON credit_entries (cause_kind, cause_id) WHERE reverses_id IS NULL AND reversed_by IS NULL;
CREATE UNIQUE INDEX "credit.reversed-once" ON credit_entries (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX credit_entries_cause_idx ON credit_entries (cause_id);
CREATE INDEX credit_entries_person_idx ON credit_entries (person_id, occurred_at);
CREATE INDEX credit_entries_group_idx ON credit_entries (group_id, occurred_at) WHERE group_id IS NOT NULL;

CREATE FUNCTION keep_credit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.reversed_by IS NOT NULL OR (to_jsonb(NEW) - 'reversed_by') IS DISTINCT FROM (to_jsonb(OLD) - 'reversed_by') THEN
        RAISE EXCEPTION 'a credit entry is kept as it was made; a reversal answers it' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credit.immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_entries_immutable BEFORE UPDATE OR DELETE ON credit_entries FOR EACH ROW EXECUTE FUNCTION keep_credit_entry();

CREATE TABLE credit_appeals (
    id              uuid PRIMARY KEY,
    entry_id        uuid NOT NULL REFERENCES credit_entries,
    person_id       uuid NOT NULL REFERENCES people,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    institution_id  uuid NOT NULL REFERENCES institutions,
    reason          text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
    stated_at       timestamptz NOT NULL,
    decide_by       timestamptz NOT NULL,
    status          text NOT NULL CHECK (status IN ('open', 'upheld', 'withdrawn')),
    decided_by      uuid,
    decided_at      timestamptz,
    decision_reason text CHECK (char_length(decision_reason) BETWEEN 1 AND 500),
    CHECK ((status = 'open') = (decided_by IS NULL) AND (status = 'open') = (decided_at IS NULL) AND (status = 'open') = (decision_reason IS NULL)),
    CONSTRAINT "credit-appeal.own" CHECK (decided_by <> person_id),
    CONSTRAINT "credit-appeal.once" UNIQUE (entry_id)
);
CREATE INDEX credit_appeals_open_idx ON credit_appeals (decide_by, id) WHERE status = 'open';

-- Below which score an instrument is not booked, by dates.
CREATE TABLE credit_thresholds (
    id              uuid PRIMARY KEY,
    instrument_id   uuid NOT NULL REFERENCES instruments,
    threshold       integer NOT NULL CHECK (threshold BETWEEN 0 AND 100),
    valid_from      date NOT NULL,
    valid_to        date,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    CHECK (valid_to >= valid_from),
    CONSTRAINT "credit-threshold.overlap" EXCLUDE USING gist (instrument_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
