-- A run's lines, packed: one row holds those of up to 256 services (or instruments) of one institution, so that millions of charges
-- become thousands of rows. Lines of runs that were stored one by one move here and keep their numbers. What a run computed is
-- added while it is being calculated, never changed, and stays when the run is final.
CREATE TABLE subsidy_blocks (
    run_id                  uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    first_number            integer NOT NULL,
    line_count              integer NOT NULL CHECK (line_count > 0),
    institution_id          uuid NOT NULL,
    -- How many of its lines count and how many are excluded, by whom they pay: what a page of lines is found by.
    institution_counted     integer NOT NULL,
    institution_excluded    integer NOT NULL,
    user_counted            integer NOT NULL,
    user_excluded           integer NOT NULL,
    -- Places among the policy's items. Line first_number + s × items + i is service s paid by item i.
    items                   smallint[] NOT NULL,
    instrument_ids          uuid[] NOT NULL,
    -- Of each service; all null where instruments themselves are paid.
    charge_ids              uuid[],
    user_ids                uuid[],
    accrued_on              date[],
    income_fen              bigint[],
    claims                  text[],
    tags                    integer[],
    evidence                smallint[],
    -- Of each line: its amount in fen, or, below zero, the bits of the reasons for which it is excluded; so none is excluded and pays.
    outcomes                bigint[] NOT NULL,
    PRIMARY KEY (run_id, first_number),
    CHECK (institution_counted + institution_excluded + user_counted + user_excluded = line_count),
    CHECK (cardinality(instrument_ids) * cardinality(items) = line_count AND cardinality(outcomes) = line_count)
);
CREATE INDEX subsidy_blocks_institution_idx ON subsidy_blocks (run_id, institution_id, first_number);

-- Ids do not compress: stored as they are, aside from the row.
ALTER TABLE subsidy_blocks
    ALTER instrument_ids SET STORAGE EXTERNAL, ALTER charge_ids SET STORAGE EXTERNAL, ALTER user_ids SET STORAGE EXTERNAL, ALTER accrued_on SET STORAGE EXTERNAL,
    ALTER income_fen SET STORAGE EXTERNAL, ALTER claims SET STORAGE EXTERNAL, ALTER tags SET STORAGE EXTERNAL, ALTER evidence SET STORAGE EXTERNAL,
    ALTER outcomes SET STORAGE EXTERNAL;

-- The blocks that hold a user's own lines, by their first numbers, with how many of these count and how many are excluded.
ALTER TABLE subsidy_run_users
    ADD blocks integer[] NOT NULL DEFAULT '{}',
    ADD counted integer[] NOT NULL DEFAULT '{}',
    ADD excluded integer[] NOT NULL DEFAULT '{}',
    ADD CHECK (cardinality(blocks) = cardinality(counted) AND cardinality(blocks) = cardinality(excluded));

-- The instruments as they were when the run was computed, packed likewise: up to 256 of one institution. Whether an instrument itself
-- was paid is what a one-off award remembers.
ALTER TABLE subsidy_run_instruments RENAME TO subsidy_old_instruments;
ALTER INDEX subsidy_run_instruments_pkey RENAME TO subsidy_old_instruments_pkey;
CREATE TABLE subsidy_run_instruments (
    run_id          uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    institution_id  uuid NOT NULL,
    part            integer NOT NULL,
    instrument_ids  uuid[] NOT NULL,
    values_fen      bigint[] NOT NULL,
    is_set          boolean[] NOT NULL,
    is_private      boolean[] NOT NULL,
    enrolled_on     date[] NOT NULL,
    is_paid         boolean[] NOT NULL,
    PRIMARY KEY (run_id, institution_id, part),
    CHECK (cardinality(values_fen) = cardinality(instrument_ids) AND cardinality(is_set) = cardinality(instrument_ids) AND cardinality(is_private) = cardinality(instrument_ids)
           AND cardinality(enrolled_on) = cardinality(instrument_ids) AND cardinality(is_paid) = cardinality(instrument_ids))
);

CREATE TEMPORARY TABLE subsidy_placed ON COMMIT DROP AS
WITH parts AS (
    SELECT run_id, charge_id IS NULL AS by_itself, array_agg(DISTINCT item ORDER BY item) AS items, min(number) AS first
    FROM subsidy_lines WHERE run_id IN (SELECT id FROM subsidy_runs) GROUP BY 1, 2
), units AS (
    SELECT l.*, p.by_itself, p.items, l.item = p.items[1] AS leads, (l.number - p.first) / cardinality(p.items) AS unit
    FROM subsidy_lines l JOIN parts p ON p.run_id = l.run_id AND p.by_itself = (l.charge_id IS NULL)
), stretches AS (
    SELECT *, unit - dense_rank() OVER (PARTITION BY run_id, by_itself, institution_id ORDER BY unit) AS stretch FROM units
), blocks AS (
    SELECT *, (dense_rank() OVER (PARTITION BY run_id, by_itself, institution_id, stretch ORDER BY unit) - 1) / 256 AS block FROM stretches
)
SELECT *, min(number) OVER (PARTITION BY run_id, by_itself, institution_id, stretch, block) AS first_number FROM blocks;

INSERT INTO subsidy_blocks
SELECT run_id, first_number, count(*), institution_id,
       count(*) FILTER (WHERE beneficiary_kind = 'institution' AND reasons = 0), count(*) FILTER (WHERE beneficiary_kind = 'institution' AND reasons <> 0),
       count(*) FILTER (WHERE beneficiary_kind = 'user' AND reasons = 0), count(*) FILTER (WHERE beneficiary_kind = 'user' AND reasons <> 0),
       items, array_agg(instrument_id ORDER BY number) FILTER (WHERE leads),
       array_agg(charge_id ORDER BY number) FILTER (WHERE leads AND NOT by_itself), array_agg(user_id ORDER BY number) FILTER (WHERE leads AND NOT by_itself),
       array_agg(accrued_on ORDER BY number) FILTER (WHERE leads AND NOT by_itself), array_agg(income_fen ORDER BY number) FILTER (WHERE leads AND NOT by_itself),
       CASE WHEN count(claim) > 0 THEN array_agg(claim ORDER BY number) FILTER (WHERE leads) END,
       array_agg(tags ORDER BY number) FILTER (WHERE leads AND NOT by_itself), array_agg(evidence ORDER BY number) FILTER (WHERE leads AND NOT by_itself),
       array_agg(CASE WHEN reasons = 0 THEN amount_fen ELSE -reasons END ORDER BY number)
FROM subsidy_placed GROUP BY run_id, first_number, institution_id, items, by_itself;

UPDATE subsidy_run_users u SET blocks = mine.blocks, counted = mine.counted, excluded = mine.excluded
FROM (
    SELECT run_id, user_id, array_agg(first_number ORDER BY first_number) AS blocks, array_agg(counted ORDER BY first_number) AS counted, array_agg(excluded ORDER BY first_number) AS excluded
    FROM (
        SELECT run_id, user_id, first_number, count(*) FILTER (WHERE reasons = 0)::integer AS counted, count(*) FILTER (WHERE reasons <> 0)::integer AS excluded
        FROM subsidy_placed WHERE beneficiary_kind = 'user' GROUP BY 1, 2, 3
    ) lines GROUP BY 1, 2
) mine WHERE u.run_id = mine.run_id AND u.user_id = mine.user_id;

INSERT INTO subsidy_run_instruments
SELECT run_id, institution_id, part, array_agg(instrument_id ORDER BY instrument_id), array_agg(value_fen ORDER BY instrument_id), array_agg(is_set ORDER BY instrument_id),
       array_agg(funding = 'private' ORDER BY instrument_id), array_agg(enrolled_on ORDER BY instrument_id), array_agg(is_paid ORDER BY instrument_id)
FROM (
    SELECT i.*, (row_number() OVER (PARTITION BY i.run_id, i.institution_id ORDER BY i.instrument_id) - 1) / 256 AS part,
           EXISTS (SELECT FROM subsidy_lines l WHERE l.run_id = i.run_id AND l.instrument_id = i.instrument_id AND l.charge_id IS NULL AND l.amount_fen > 0) AS is_paid
    FROM subsidy_old_instruments i
) instruments GROUP BY run_id, institution_id, part;

DROP TABLE subsidy_old_instruments;
DROP TABLE subsidy_lines;

CREATE FUNCTION keep_subsidy_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM subsidy_runs WHERE id = NEW.run_id AND status <> 'calculating') THEN
            RAISE EXCEPTION 'a run that was calculated takes nothing more' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'what a run computed is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
    END IF;
    IF EXISTS (SELECT FROM subsidy_runs WHERE id = OLD.run_id AND status = 'final') THEN
        RAISE EXCEPTION 'nothing of a final run is deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER subsidy_blocks_immutable BEFORE INSERT OR UPDATE OR DELETE ON subsidy_blocks FOR EACH ROW EXECUTE FUNCTION keep_subsidy_result();
CREATE TRIGGER subsidy_entries_immutable BEFORE INSERT OR UPDATE OR DELETE ON subsidy_entries FOR EACH ROW EXECUTE FUNCTION keep_subsidy_result();
CREATE TRIGGER subsidy_run_users_immutable BEFORE INSERT OR UPDATE OR DELETE ON subsidy_run_users FOR EACH ROW EXECUTE FUNCTION keep_subsidy_result();
CREATE TRIGGER subsidy_run_instruments_immutable BEFORE INSERT OR UPDATE OR DELETE ON subsidy_run_instruments FOR EACH ROW EXECUTE FUNCTION keep_subsidy_result();
CREATE TRIGGER subsidy_confirmations_immutable BEFORE UPDATE OR DELETE ON subsidy_confirmations FOR EACH ROW EXECUTE FUNCTION keep_subsidy_result();

CREATE FUNCTION keep_subsidy_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'final' THEN
        RAISE EXCEPTION 'a final run is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF OLD.status IN ('calculated', 'superseded') AND
       (to_jsonb(NEW) - ARRAY['status', 'final_by', 'final_by_name', 'final_at', 'superseded_by'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['status', 'final_by', 'final_by_name', 'final_at', 'superseded_by']) THEN
        RAISE EXCEPTION 'what a run computed is never changed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
    END IF;
    IF OLD.status IN ('calculated', 'superseded') AND NEW.status = 'calculating' THEN
        RAISE EXCEPTION 'a run is calculated once' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subsidy.run-immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subsidy_runs_immutable BEFORE UPDATE OR DELETE ON subsidy_runs FOR EACH ROW EXECUTE FUNCTION keep_subsidy_run();
