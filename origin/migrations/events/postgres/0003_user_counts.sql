-- The errors of users by sets (store/user_counts_postgres.h) in the place of a row for each: a transaction writes one row for five
-- minutes, and who asks for an hour reads some hundred rows where it was some hundred thousand. Only the last hour is asked for, so
-- that alone is taken over.

CREATE TABLE user_counts (
  day   integer NOT NULL,
  at    bigint  NOT NULL,
  users bytea   NOT NULL
) PARTITION BY LIST (day);
-- Hashes don't get smaller.
ALTER TABLE user_counts ALTER COLUMN users SET STORAGE EXTERNAL;
CREATE INDEX user_counts_by_time ON user_counts (at);

DO $$
DECLARE
  wanted integer;
BEGIN
  FOR wanted IN SELECT day FROM mayday_days LOOP
    EXECUTE format('CREATE TABLE %I (LIKE user_counts INCLUDING ALL)', 'user_counts_' || wanted);
    EXECUTE format('ALTER TABLE user_counts ATTACH PARTITION %I FOR VALUES IN (%s)', 'user_counts_' || wanted, wanted);
  END LOOP;
END $$;

INSERT INTO user_counts (day, at, users)
SELECT day, at, string_agg(int8send(user_key) || int8send(errors) || int8send(blocked) || uuid_send(event_id), ''::bytea)
FROM (SELECT day, at, user_key, errors, blocked,
             (SELECT event_id FROM events AS e WHERE e.user_id = s.user_id AND severity > 0
              AND occurred_ms >= at * 60000 AND occurred_ms < (at + 5) * 60000 LIMIT 1) AS event_id
      FROM user_spans AS s WHERE at >= (SELECT max(at) FROM user_spans) - 70) AS recent
WHERE event_id IS NOT NULL GROUP BY day, at;

DROP VIEW mayday_days;
DROP TABLE user_spans;

CREATE OR REPLACE FUNCTION mayday_make_day(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(6239041, 1);
  IF to_regclass('events_' || wanted) IS NOT NULL THEN RETURN; END IF;
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_counts', 'user_sets'] LOOP
    part := parent || '_' || wanted;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, part, wanted);
  END LOOP;
  part := 'events_' || wanted;
  EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', part);
  EXECUTE format('CREATE UNIQUE INDEX ON %I (event_id)', part);
  EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', part,
                 wanted * 86400000::bigint, (wanted + 1) * 86400000::bigint);
END $$;

CREATE OR REPLACE FUNCTION mayday_drop_day(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
BEGIN
  PERFORM pg_advisory_xact_lock(6239041, 1);
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_counts', 'user_sets', 'events'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || wanted);
  END LOOP;
  DELETE FROM rolled WHERE day = wanted;
END $$;

CREATE VIEW mayday_days AS
SELECT substr(part.relname, 8)::integer AS day,
       (SELECT sum(pg_total_relation_size(to_regclass(parent || '_' || substr(part.relname, 8))))::bigint
        FROM unnest(ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_counts', 'user_sets', 'events'])
             AS parent) AS bytes
FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = 'events'::regclass;
