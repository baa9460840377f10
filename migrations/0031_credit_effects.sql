-- What being below a threshold does; each effect has its own dates.
ALTER TABLE credit_thresholds ADD effect text NOT NULL DEFAULT 'refuse' CHECK (effect IN ('warn', 'needsApproval', 'refuse'));
ALTER TABLE credit_thresholds ALTER effect DROP DEFAULT;
ALTER TABLE credit_thresholds
    DROP CONSTRAINT "credit-threshold.overlap",
    ADD CONSTRAINT "credit-threshold.overlap" EXCLUDE USING gist (instrument_id WITH =, effect WITH =, daterange(valid_from, valid_to, '[]') WITH &&);
