-- Prices by instrument, user class and dates of validity. A policy in use is never edited: its end is set and a new one begins.
CREATE TABLE price_policies (
    id                      uuid PRIMARY KEY,
    instrument_id           uuid NOT NULL REFERENCES instruments,
    user_class              text NOT NULL CHECK (user_class IN ('internal', 'academic', 'enterprise')),
    valid_from              date NOT NULL,
    valid_to                date,
    charge_for              text NOT NULL CHECK (charge_for IN ('booked', 'used', 'overage', 'samples')),
    rate_per_hour_fen       bigint NOT NULL DEFAULT 0 CHECK (rate_per_hour_fen >= 0),
    rate_per_sample_fen     bigint NOT NULL DEFAULT 0 CHECK (rate_per_sample_fen >= 0),
    start_up_fee_fen        bigint NOT NULL DEFAULT 0 CHECK (start_up_fee_fen >= 0),
    minimum_fee_fen         bigint NOT NULL DEFAULT 0 CHECK (minimum_fee_fen >= 0),
    currency                text NOT NULL DEFAULT 'CNY',
    note                    text NOT NULL DEFAULT '',
    created_by              uuid,
    created_at              timestamptz NOT NULL,
    CHECK (valid_to >= valid_from),
    CONSTRAINT "price-policy.overlap" EXCLUDE USING gist (instrument_id WITH =, user_class WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
