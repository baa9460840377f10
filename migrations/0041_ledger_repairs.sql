-- A correction of a disputed use takes the dispute along, in whatever order the rows are written.
ALTER TABLE charge_disputes DROP CONSTRAINT charge_disputes_instrument_id_charge_id_fkey;
ALTER TABLE charge_disputes ADD CONSTRAINT charge_disputes_instrument_id_charge_id_fkey FOREIGN KEY (instrument_id, charge_id) REFERENCES charges (instrument_id, id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX usage_records_closed_idx ON usage_records (closed_at) WHERE status = 'closed';
CREATE INDEX ledger_entries_problem_idx ON ledger_entries (institution_id, booked_on, id) WHERE problem IS NOT NULL;

-- As before, but with the split held still meanwhile: what is added to the accounts is what is written as held.
CREATE OR REPLACE FUNCTION hold_funds_of_booking() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE WHEN NEW.status IN ('requested', 'confirmed', 'inUse') AND NEW.offered_until IS NULL THEN coalesce(NEW.estimate_fen, 0) ELSE 0 END;
BEGIN
    PERFORM 1 FROM fund_splits WHERE id = NEW.fund_id FOR SHARE;
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM fund_parts(NEW.fund_id, 0)) THEN
        RAISE EXCEPTION 'there is no fund %', NEW.fund_id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'fund.unknown';
    END IF;
    PERFORM 1 FROM ledger_accounts WHERE id IN (SELECT h.account_id FROM fund_holds h WHERE h.booking_id = NEW.id UNION ALL SELECT p.account_id FROM fund_parts(NEW.fund_id, wanted) p) ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_accounts a SET held_fen = a.held_fen + d.fen FROM (
        SELECT x.account_id, sum(x.fen)::bigint AS fen FROM (
            SELECT p.account_id, p.part AS fen FROM fund_parts(NEW.fund_id, wanted) p UNION ALL SELECT h.account_id, -h.fen FROM fund_holds h WHERE h.booking_id = NEW.id) x
        GROUP BY x.account_id HAVING sum(x.fen) <> 0) d
    WHERE a.id = d.account_id;
    DELETE FROM fund_holds WHERE booking_id = NEW.id;
    INSERT INTO fund_holds (booking_id, account_id, fen) SELECT NEW.id, p.account_id, p.part FROM fund_parts(NEW.fund_id, wanted) p WHERE p.part > 0;
    RETURN NULL;
END $$;
