-- An offset alone does not tell whether the log still is the one that was read. With the leader epoch of the last record
-- before it Kafka finds out what a cut log has lost, and a topic that was made anew has another id.
ALTER TABLE consumer_offsets ADD COLUMN leader_epoch integer;
ALTER TABLE consumer_offsets ADD COLUMN topic_id text NOT NULL DEFAULT '';
