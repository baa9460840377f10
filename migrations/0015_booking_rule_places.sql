-- Rules of booking by place and audience: a set may hold for an instrument, a group of them, an institution's or a region's, and for
-- everyone, a class of users, an institution's people or a research group. What a set does not say, a wider one does.
ALTER TABLE booking_rule_sets
    DROP CONSTRAINT "booking-rules.overlap",
    ALTER instrument_id DROP NOT NULL,
    ALTER min_minutes DROP NOT NULL, ALTER min_minutes DROP DEFAULT,
    ALTER max_minutes DROP NOT NULL, ALTER max_minutes DROP DEFAULT,
    ALTER granularity_minutes DROP NOT NULL, ALTER granularity_minutes DROP DEFAULT,
    ALTER lead_minutes DROP NOT NULL, ALTER lead_minutes DROP DEFAULT,
    ALTER horizon_days DROP NOT NULL, ALTER horizon_days DROP DEFAULT,
    ALTER cancel_lead_minutes DROP NOT NULL, ALTER cancel_lead_minutes DROP DEFAULT,
    ALTER setup_minutes DROP NOT NULL, ALTER setup_minutes DROP DEFAULT,
    ALTER cooling_minutes DROP NOT NULL, ALTER cooling_minutes DROP DEFAULT,
    ALTER approval_required DROP NOT NULL, ALTER approval_required DROP DEFAULT,
    DROP CONSTRAINT booking_rule_sets_person_day_minutes_check, ADD CHECK (person_day_minutes BETWEEN 0 AND 1440),
    DROP CONSTRAINT booking_rule_sets_person_week_minutes_check, ADD CHECK (person_week_minutes BETWEEN 0 AND 10080),
    ADD instrument_group_id uuid REFERENCES instrument_groups,
    ADD institution_id uuid REFERENCES institutions,
    ADD region text CHECK (region ~ '^CN-[0-9]{2}([0-9]{2}){0,2}$'),
    ADD user_class text CHECK (user_class IN ('internal', 'academic', 'enterprise')),
    ADD user_institution_id uuid REFERENCES institutions,
    ADD user_group_id uuid REFERENCES groups,
    ADD block_slots jsonb,
    ADD change_lead_minutes integer CHECK (change_lead_minutes >= 0),
    ADD limits jsonb,
    ADD gap_minutes integer CHECK (gap_minutes BETWEEN 0 AND 44640),
    ADD one_at_a_time boolean,
    ADD membership_required boolean,
    ADD off_hours boolean,
    ADD closed_on_holidays boolean,
    ADD make_up_weekday integer CHECK (make_up_weekday BETWEEN 0 AND 7),
    ADD exempt_times jsonb,
    ADD outside_share_percent integer CHECK (outside_share_percent BETWEEN 0 AND 100),
    ADD outside_release_hours integer CHECK (outside_release_hours BETWEEN 0 AND 8760),
    ADD strict jsonb,
    ADD reason text CHECK (char_length(reason) <= 500),
    ADD CHECK (num_nonnulls(instrument_id, instrument_group_id, institution_id, region) = 1),
    ADD CHECK (num_nonnulls(user_class, user_institution_id, user_group_id) <= 1),
    ADD target text NOT NULL GENERATED ALWAYS AS (
        coalesce(instrument_id::text, instrument_group_id::text, institution_id::text, region) || ' ' || coalesce(user_group_id::text, user_institution_id::text, user_class, '')) STORED;
ALTER TABLE booking_rule_sets
    ADD CONSTRAINT "booking-rules.overlap" EXCLUDE USING gist (target WITH =, daterange(valid_from, valid_to, '[]') WITH &&);
CREATE INDEX booking_rule_sets_instrument_idx ON booking_rule_sets (instrument_id) WHERE instrument_id IS NOT NULL;
CREATE INDEX booking_rule_sets_group_idx ON booking_rule_sets (instrument_group_id) WHERE instrument_group_id IS NOT NULL;
CREATE INDEX booking_rule_sets_institution_idx ON booking_rule_sets (institution_id) WHERE institution_id IS NOT NULL;
CREATE INDEX booking_rule_sets_region_idx ON booking_rule_sets (region) WHERE region IS NOT NULL;

-- Where a duty-free instrument is used when not at its own place, and the customs notice that allows it.
ALTER TABLE bookings
    ADD use_place text CHECK (char_length(use_place) <= 100),
    ADD customs_notice text CHECK (char_length(customs_notice) <= 50);
