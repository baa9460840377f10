-- The ledger: double entry in fen, one ledger per institution. What was entered stays; it is reversed and entered again.
CREATE TABLE ledger_accounts (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    kind            text NOT NULL CHECK (kind IN ('group', 'person', 'fund', 'institution', 'income', 'deposit', 'voucher', 'tax')),
    holder_id       uuid,
    currency        text NOT NULL DEFAULT 'CNY' CHECK (currency ~ '^[A-Z]{3}$'),
    balance_fen     bigint NOT NULL DEFAULT 0,
    held_fen        bigint NOT NULL DEFAULT 0,
    limit_fen       bigint CHECK (limit_fen >= 0),
    created_at      timestamptz NOT NULL,
    CHECK ((kind IN ('income', 'tax')) = (holder_id IS NULL)),
    CHECK (kind NOT IN ('fund', 'deposit', 'voucher') OR limit_fen IS NOT NULL),
    CONSTRAINT "ledger.account-once" UNIQUE NULLS NOT DISTINCT (institution_id, kind, holder_id, currency),
    CONSTRAINT ledger_accounts_institution_key UNIQUE (institution_id, id),
    CONSTRAINT "fund.hold-negative" CHECK (held_fen >= 0),
    -- What may not be overspent: the balance less what is held never falls below what may be owed.
    CONSTRAINT "fund.short" CHECK (limit_fen IS NULL OR balance_fen - held_fen >= -limit_fen)
);

CREATE TABLE ledger_entries (
    id              uuid PRIMARY KEY,
    institution_id  uuid NOT NULL REFERENCES institutions,
    kind            text NOT NULL CHECK (kind IN ('charge', 'topUp', 'withdrawal', 'transfer', 'reversal')),
    booked_on       date NOT NULL,
    charge_id       uuid,
    booking_id      uuid,
    reverses_id     uuid REFERENCES ledger_entries,
    problem         text,
    reason          text CHECK (char_length(reason) BETWEEN 1 AND 500),
    entered_by      uuid,
    entered_at      timestamptz NOT NULL,
    CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL)),
    CHECK (kind <> 'charge' OR charge_id IS NOT NULL),
    CONSTRAINT ledger_entries_institution_key UNIQUE (institution_id, id),
    CONSTRAINT "ledger.reversed-once" UNIQUE (reverses_id)
);
CREATE UNIQUE INDEX "ledger.charged-once" ON ledger_entries (institution_id, charge_id) WHERE kind = 'charge';
CREATE INDEX ledger_entries_charge_idx ON ledger_entries (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX ledger_entries_booked_idx ON ledger_entries (institution_id, booked_on, id);

-- Both keys carry the institution, so that an entry moves money within one ledger only.
CREATE TABLE ledger_lines (
    institution_id  uuid NOT NULL,
    entry_id        uuid NOT NULL,
    account_id      uuid NOT NULL,
    fen             bigint NOT NULL CHECK (fen <> 0),
    PRIMARY KEY (entry_id, account_id),
    FOREIGN KEY (institution_id, entry_id) REFERENCES ledger_entries (institution_id, id),
    FOREIGN KEY (institution_id, account_id) REFERENCES ledger_accounts (institution_id, id)
);
CREATE INDEX ledger_lines_account_idx ON ledger_lines (account_id, entry_id);

-- Months that are closed, one after the other: nothing more is dated in them or before.
CREATE TABLE ledger_periods (
    institution_id  uuid NOT NULL REFERENCES institutions,
    month           date NOT NULL CHECK (extract(day FROM month) = 1),
    closed_by       uuid,
    closed_at       timestamptz NOT NULL,
    PRIMARY KEY (institution_id, month)
);

-- What the nightly proof found.
CREATE TABLE ledger_proofs (
    id              uuid PRIMARY KEY,
    proved_at       timestamptz NOT NULL,
    accounts        bigint NOT NULL,
    entries         bigint NOT NULL,
    is_sound        boolean NOT NULL,
    findings        jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX ledger_proofs_time_idx ON ledger_proofs (proved_at);

CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was entered in the ledger stays; a reversal answers it' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.immutable';
END $$;
CREATE TRIGGER ledger_entries_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION keep_ledger();
CREATE TRIGGER ledger_lines_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_lines FOR EACH STATEMENT EXECUTE FUNCTION keep_ledger();
CREATE TRIGGER ledger_periods_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_periods FOR EACH STATEMENT EXECUTE FUNCTION keep_ledger();

-- Balances move with the lines, however these come: all accounts of a statement at once, their rows taken in ascending order.
-- No key of an account changes, so the weaker lock lets others' references to it pass.
CREATE FUNCTION move_ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_accounts WHERE id IN (SELECT account_id FROM added) ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_accounts a SET balance_fen = a.balance_fen + s.fen
    FROM (SELECT account_id, sum(fen)::bigint AS fen FROM added GROUP BY account_id) s WHERE a.id = s.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_lines_move_balances AFTER INSERT ON ledger_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION move_ledger_balances();

-- At the end of the transaction an entry has two lines or more, of one currency, that sum to nothing.
CREATE FUNCTION balance_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry uuid;
    lines bigint;
    total numeric;
    currencies bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entries' THEN entry := NEW.id; ELSE entry := NEW.entry_id; END IF;
    SELECT count(*), coalesce(sum(l.fen), 0), count(DISTINCT a.currency) INTO lines, total, currencies
    FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id WHERE l.entry_id = entry;
    IF lines < 2 OR total <> 0 OR currencies <> 1 THEN
        RAISE EXCEPTION 'entry % has % lines that sum to %', entry, lines, total USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.unbalanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_ledger_entry();
CREATE CONSTRAINT TRIGGER ledger_lines_balance AFTER INSERT ON ledger_lines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION balance_ledger_entry();

-- Who enters shares the ledger, who closes a month has it alone: a month never closes under an entry on its way.
CREATE FUNCTION keep_closed_periods() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger-period:' || NEW.institution_id::text, 0));
    IF NEW.booked_on < (SELECT (max(month) + interval '1 month')::date FROM ledger_periods WHERE institution_id = NEW.institution_id) THEN
        RAISE EXCEPTION '% is in a closed period', NEW.booked_on USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.period-closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entries_period BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION keep_closed_periods();

CREATE FUNCTION close_periods_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger-period:' || NEW.institution_id::text, 0));
    SELECT max(month) INTO last FROM ledger_periods WHERE institution_id = NEW.institution_id;
    IF NEW.month <> coalesce((last + interval '1 month')::date, NEW.month) THEN
        RAISE EXCEPTION 'periods close one after the other' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger.period-order';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_periods_order BEFORE INSERT ON ledger_periods FOR EACH ROW EXECUTE FUNCTION close_periods_in_order();
