-- Words are searched in each node's memory. Rows know the transaction that wrote them last, so that a node reads only what it has not seen.
DROP INDEX instruments_name_idx;
ALTER TABLE instruments DROP COLUMN search;
ALTER TABLE instruments ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE institutions ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX instruments_changed_in_idx ON instruments (changed_in);
CREATE INDEX institutions_changed_in_idx ON institutions (changed_in);

CREATE FUNCTION note_changed_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id();
    RETURN NEW;
END
$$;
CREATE TRIGGER note_changed_in BEFORE UPDATE ON instruments FOR EACH ROW EXECUTE FUNCTION note_changed_in();
CREATE TRIGGER note_changed_in BEFORE UPDATE ON institutions FOR EACH ROW EXECUTE FUNCTION note_changed_in();

-- Hours a year, as the national record has them: those that others brought, until the platform's own figures are drawn from usage.
ALTER TABLE instruments ADD COLUMN run_hours numeric(7, 2) CHECK (run_hours BETWEEN 0 AND 8784);
ALTER TABLE instruments ADD COLUMN service_hours numeric(7, 2) CHECK (service_hours BETWEEN 0 AND 8784);
