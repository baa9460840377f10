-- An appeal that nobody decided on in time is raised once.
ALTER TABLE credit_appeals ADD raised_at timestamptz;
CREATE INDEX credit_appeals_to_raise_idx ON credit_appeals (decide_by) WHERE status = 'open' AND raised_at IS NULL;
