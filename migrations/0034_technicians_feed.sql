-- A technician's feed of whom they assist.
ALTER TABLE calendar_feeds
    DROP CONSTRAINT calendar_feeds_kind_check,
    ADD CONSTRAINT calendar_feeds_kind_check CHECK (kind IN ('mine', 'managed', 'assisted', 'group', 'instrument'));
