-- Subsidy policies, runs, their lines and what is paid. A run keeps what it computed from; nothing of a final run changes.
CREATE TABLE subsidy_policies (
    id          text NOT NULL CHECK (id ~ '^[a-z0-9-]{1,64}$'),
    version     text NOT NULL CHECK (char_length(version) BETWEEN 1 AND 50),
    region      text NOT NULL,
    text        text NOT NULL,
    digest      text NOT NULL,
    is_current  boolean NOT NULL,
    loaded_at   timestamptz NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX "subsidy.policy-current" ON subsidy_policies (id) WHERE is_current;

CREATE TABLE subsidy_runs (
    id                  uuid PRIMARY KEY,
    policy_id           text NOT NULL,
    policy_version      text NOT NULL,
    region              text NOT NULL,
    accrued_from        date NOT NULL,
    accrued_to          date NOT NULL,
    budget_fen          bigint CHECK (budget_fen >= 0),
    status              text NOT NULL CHECK (status IN ('calculating', 'calculated', 'final', 'superseded', 'failed', 'cancelled')),
    services            bigint NOT NULL DEFAULT 0,
    services_done       bigint NOT NULL DEFAULT 0,
    line_count          bigint NOT NULL DEFAULT 0,
    excluded_count      bigint NOT NULL DEFAULT 0,
    sum_fen             bigint NOT NULL DEFAULT 0,
    capped_fen          bigint NOT NULL DEFAULT 0,
    total_fen           bigint NOT NULL DEFAULT 0,
    input_digest        text,
    result_digest       text,
    problem             text,
    requested_by        uuid NOT NULL,
    requested_by_name   text NOT NULL,
    created_at          timestamptz NOT NULL,
    started_at          timestamptz,
    seen_at             timestamptz,
    finished_at         timestamptz,
    cancel_asked_at     timestamptz,
    cancelled_by        uuid,
    final_by            uuid,
    final_by_name       text,
    final_at            timestamptz,
    superseded_by       uuid,
    FOREIGN KEY (policy_id, policy_version) REFERENCES subsidy_policies (id, version),
    CHECK (accrued_to >= accrued_from),
    CHECK ((status = 'final') = (final_at IS NOT NULL)),
    CHECK (status NOT IN ('calculated', 'final', 'superseded') OR (input_digest IS NOT NULL AND result_digest IS NOT NULL)),
    CONSTRAINT "subsidy.final-overlap" EXCLUDE USING gist (policy_id WITH =, daterange(accrued_from, accrued_to, '[]') WITH &&) WHERE (status = 'final')
);
CREATE INDEX subsidy_runs_list_idx ON subsidy_runs (created_at);
CREATE UNIQUE INDEX "subsidy.run-calculating" ON subsidy_runs (policy_id, accrued_from, accrued_to) WHERE status = 'calculating';
CREATE INDEX subsidy_runs_waiting_idx ON subsidy_runs (created_at) WHERE status = 'calculating';

-- A reported figure, confirmed by a person for one run.
CREATE TABLE subsidy_confirmations (
    run_id      uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    figure      text NOT NULL,
    person_id   uuid NOT NULL,
    person_name text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, figure)
);

-- The instruments and users as they were when the run was computed.
CREATE TABLE subsidy_run_instruments (
    run_id          uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    instrument_id   uuid NOT NULL,
    institution_id  uuid NOT NULL,
    value_fen       bigint NOT NULL,
    is_set          boolean NOT NULL,
    funding         text NOT NULL CHECK (funding IN ('public', 'private')),
    enrolled_on     date,
    PRIMARY KEY (run_id, instrument_id)
);

CREATE TABLE subsidy_run_users (
    run_id      uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    is_person   boolean NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('enterprise', 'research', 'studentTeam', 'individual')),
    region      text,
    tags        integer NOT NULL,
    PRIMARY KEY (run_id, user_id)
);

-- One line per service (or instrument) and item of the policy; its explanation is told from these figures when it is asked for.
-- A run writes millions of them by COPY in the transaction of its result: no reference to check row by row, and no more indexes than these.
CREATE TABLE subsidy_lines (
    run_id              uuid NOT NULL,
    number              integer NOT NULL,
    item                smallint NOT NULL,
    charge_id           uuid,
    instrument_id       uuid NOT NULL,
    institution_id      uuid NOT NULL,
    user_id             uuid,
    beneficiary_kind    text NOT NULL CHECK (beneficiary_kind IN ('institution', 'user')),
    payer               text NOT NULL CHECK (payer IN ('city', 'district', 'province')),
    accrued_on          date,
    income_fen          bigint NOT NULL,
    claim               text,
    tags                integer NOT NULL,
    evidence            smallint NOT NULL,
    reasons             integer NOT NULL,
    amount_fen          bigint NOT NULL,
    PRIMARY KEY (run_id, number),
    CHECK (reasons = 0 OR amount_fen = 0)
);
CREATE INDEX subsidy_lines_institution_idx ON subsidy_lines (run_id, institution_id, number);
CREATE INDEX subsidy_lines_user_idx ON subsidy_lines (run_id, user_id, number) WHERE beneficiary_kind = 'user';
CREATE INDEX subsidy_lines_once_idx ON subsidy_lines (instrument_id) WHERE charge_id IS NULL AND amount_fen > 0;

CREATE TABLE subsidy_entries (
    run_id          uuid NOT NULL REFERENCES subsidy_runs ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('institution', 'user')),
    beneficiary_id  uuid NOT NULL,
    payer           text NOT NULL CHECK (payer IN ('city', 'district', 'province')),
    sum_fen         bigint NOT NULL,
    capped_fen      bigint NOT NULL CHECK (capped_fen <= sum_fen),
    paid_fen        bigint NOT NULL CHECK (paid_fen <= capped_fen),
    caps_hit        text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (run_id, kind, beneficiary_id, payer)
);
