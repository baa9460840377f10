-- How an institution settles: whether bookings name a fund, how long a charge may be disputed, what part of it is tax.
CREATE TABLE billing_terms (
    id                  uuid PRIMARY KEY,
    institution_id      uuid NOT NULL REFERENCES institutions,
    demands_fund        boolean NOT NULL,
    review_days         integer NOT NULL CHECK (review_days BETWEEN 0 AND 60),
    tax_basis_points    integer NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 5000),
    valid_from          date NOT NULL,
    valid_to            date,
    created_by          uuid,
    created_at          timestamptz NOT NULL,
    CHECK (valid_to >= valid_from),
    CONSTRAINT "billing-terms.overlap" EXCLUDE USING gist (institution_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);

-- Fund cards. Money and credit line stand in the account of the same id.
CREATE TABLE funds (
    id              uuid PRIMARY KEY REFERENCES ledger_accounts,
    institution_id  uuid NOT NULL REFERENCES institutions,
    group_id        uuid NOT NULL REFERENCES groups,
    number          text NOT NULL CHECK (char_length(number) BETWEEN 1 AND 50),
    name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en         text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
    responsible_id  uuid NOT NULL REFERENCES people,
    valid_from      date NOT NULL,
    valid_to        date NOT NULL,
    expenses        text[] NOT NULL CHECK (cardinality(expenses) > 0 AND expenses <@ ARRAY['machineTime', 'testing', 'other']),
    state           text NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CHECK (valid_to >= valid_from),
    CONSTRAINT "fund.number-taken" UNIQUE (institution_id, number)
);
CREATE INDEX funds_group_idx ON funds (group_id);

-- One bill over several funds by hundredths of a percent; what rounding leaves is one fund's.
CREATE TABLE fund_splits (
    id              uuid PRIMARY KEY,
    group_id        uuid NOT NULL REFERENCES groups,
    name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    name_en         text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
    is_active       boolean NOT NULL DEFAULT true,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1
);
CREATE INDEX fund_splits_group_idx ON fund_splits (group_id);

CREATE TABLE fund_split_shares (
    split_id        uuid NOT NULL REFERENCES fund_splits,
    fund_id         uuid NOT NULL REFERENCES funds,
    share           integer NOT NULL CHECK (share BETWEEN 1 AND 9999),
    takes_rest      boolean NOT NULL,
    PRIMARY KEY (split_id, fund_id)
);
CREATE UNIQUE INDEX "fund-split.rest" ON fund_split_shares (split_id) WHERE takes_rest;

CREATE FUNCTION complete_fund_split() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    split uuid;
    parts bigint;
    total bigint;
    rest bigint;
    groups bigint;
BEGIN
    IF TG_TABLE_NAME = 'fund_splits' THEN split := NEW.id; ELSE split := coalesce(NEW.split_id, OLD.split_id); END IF;
    SELECT count(*), coalesce(sum(s.share), 0), count(*) FILTER (WHERE s.takes_rest), count(*) FILTER (WHERE f.group_id <> p.group_id) INTO parts, total, rest, groups
    FROM fund_split_shares s JOIN funds f ON f.id = s.fund_id JOIN fund_splits p ON p.id = s.split_id WHERE s.split_id = split;
    IF parts < 2 OR total <> 10000 OR rest <> 1 OR groups > 0 THEN
        RAISE EXCEPTION 'a split has two funds or more of its group, 100 %% in all and one that takes the rest' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'fund-split.sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fund_splits_complete AFTER INSERT ON fund_splits DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION complete_fund_split();
CREATE CONSTRAINT TRIGGER fund_split_shares_complete AFTER INSERT OR UPDATE OR DELETE ON fund_split_shares DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION complete_fund_split();

-- The fund or split that a group's bookings begin with.
CREATE TABLE group_funds (
    group_id        uuid PRIMARY KEY REFERENCES groups,
    fund_id         uuid NOT NULL
);

-- What bookings hold of funds until they are charged or given up.
CREATE TABLE fund_holds (
    booking_id      uuid NOT NULL,
    account_id      uuid NOT NULL REFERENCES ledger_accounts,
    fen             bigint NOT NULL CHECK (fen > 0),
    PRIMARY KEY (booking_id, account_id)
);
CREATE INDEX fund_holds_account_idx ON fund_holds (account_id);

-- An amount over the funds that pay it: one fund whole, a split by its shares cut to the fen, the rest to who takes it.
CREATE FUNCTION fund_parts(fund uuid, fen bigint) RETURNS TABLE (account_id uuid, part bigint) LANGUAGE sql STABLE AS $$
    SELECT f.id, fen FROM funds f WHERE f.id = fund
    UNION ALL
    SELECT s.fund_id, CASE WHEN s.takes_rest THEN fen - coalesce((SELECT sum(div(fen::numeric * o.share, 10000)) FROM fund_split_shares o WHERE o.split_id = fund AND NOT o.takes_rest), 0)::bigint
                           ELSE div(fen::numeric * s.share, 10000)::bigint END
    FROM fund_split_shares s WHERE s.split_id = fund
$$;

-- A booking holds its estimate on every path, in its own transaction: made, moved, given up, refused or expired. What is completed
-- keeps its hold for the charge. Accounts are taken in ascending order.
CREATE FUNCTION hold_funds_of_booking() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := CASE WHEN NEW.status IN ('requested', 'confirmed', 'inUse') AND NEW.offered_until IS NULL THEN coalesce(NEW.estimate_fen, 0) ELSE 0 END;
BEGIN
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
CREATE TRIGGER bookings_hold_funds AFTER INSERT OR UPDATE OF status, estimate_fen, offered_until, fund_id ON bookings
    FOR EACH ROW WHEN (NEW.fund_id IS NOT NULL AND NEW.status <> 'completed') EXECUTE FUNCTION hold_funds_of_booking();
