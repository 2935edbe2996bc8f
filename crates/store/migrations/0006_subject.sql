-- Why: "everything under this mandate" is asked on every page of a mandate. The first event of a thing
-- says what it belongs to; a thing that belongs to nothing leaves it empty.
ALTER TABLE event ADD COLUMN subject TEXT;
CREATE INDEX event_subject ON event (topic, subject, id) WHERE version = 1;
