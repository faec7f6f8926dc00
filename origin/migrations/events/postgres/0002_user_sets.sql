-- Users by sets (store/user_sets.h) in the place of a row for each, and their spans as they come: a user may have several rows of one
-- span, which are added up by who asks. Both are written by COPY, without looking at what is there.

ALTER TABLE user_spans DROP CONSTRAINT user_spans_pkey;
CREATE INDEX user_spans_by_time ON user_spans (at);

CREATE SEQUENCE user_sets_ids;

CREATE TABLE user_sets (
  id          bigint  NOT NULL DEFAULT nextval('user_sets_ids'),
  day         integer NOT NULL,
  fingerprint bigint  NOT NULL,
  users       bytea   NOT NULL
) PARTITION BY LIST (day);
-- Hashes don't get smaller.
ALTER TABLE user_sets ALTER COLUMN users SET STORAGE EXTERNAL;
CREATE INDEX user_sets_by_fingerprint ON user_sets (fingerprint);

DO $$
DECLARE
  wanted integer;
BEGIN
  FOR wanted IN SELECT day FROM mayday_days LOOP
    EXECUTE format('CREATE TABLE %I (LIKE user_sets INCLUDING ALL)', 'user_sets_' || wanted);
    EXECUTE format('ALTER TABLE user_sets ATTACH PARTITION %I FOR VALUES IN (%s)', 'user_sets_' || wanted, wanted);
  END LOOP;
END $$;

INSERT INTO user_sets (day, fingerprint, users)
SELECT day, fingerprint, string_agg(int8send(user_key), ''::bytea ORDER BY user_key)
FROM user_days WHERE errors > 0 AND fingerprint <> 0 GROUP BY day, fingerprint;

DROP VIEW mayday_days;
DROP VIEW error_patterns;
DROP VIEW daily_error_stats;
DROP TABLE user_days;

CREATE OR REPLACE FUNCTION mayday_make_day(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(6239041, 1);
  IF to_regclass('events_' || wanted) IS NOT NULL THEN RETURN; END IF;
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_sets'] LOOP
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
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_sets', 'events'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || wanted);
  END LOOP;
  DELETE FROM rolled WHERE day = wanted;
END $$;

CREATE VIEW mayday_days AS
SELECT substr(part.relname, 8)::integer AS day,
       (SELECT sum(pg_total_relation_size(to_regclass(parent || '_' || substr(part.relname, 8))))::bigint
        FROM unnest(ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_sets', 'events'])
             AS parent) AS bytes
FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = 'events'::regclass;

CREATE VIEW error_patterns AS
SELECT lpad(to_hex(fingerprint), 16, '0') AS hash, sum(errors)::bigint AS count,
       (SELECT count(DISTINCT user_id) FROM events AS e WHERE e.fingerprint = p.fingerprint AND severity > 0)
         AS affected_users,
       min(first_seen_ms) AS first_seen_ms, max(last_seen_ms) AS last_seen_ms,
       (array_agg(message ORDER BY day))[1] AS message, (array_agg(page ORDER BY day))[1] AS page,
       (array_agg(action ORDER BY day))[1] AS action
FROM patterns AS p WHERE errors > 0 GROUP BY fingerprint;

CREATE VIEW daily_error_stats AS
SELECT day, user_id, errors, unique_errors, severe, blocked, recovery_attempts, recoveries,
       CASE WHEN recovery_attempts > 0 THEN recoveries::numeric / recovery_attempts END AS recovery_rate
FROM (SELECT (occurred_ms / 86400000)::integer AS day, user_id,
             coalesce(sum(occurrences) FILTER (WHERE severity > 0), 0)::bigint AS errors,
             count(DISTINCT fingerprint) FILTER (WHERE severity > 0 AND fingerprint <> 0) AS unique_errors,
             coalesce(sum(occurrences) FILTER (WHERE severity >= 3), 0)::bigint AS severe,
             coalesce(sum(occurrences) FILTER (WHERE severity > 0 AND user_blocked), 0)::bigint AS blocked,
             coalesce(sum(occurrences) FILTER (WHERE recovery_attempted), 0)::bigint AS recovery_attempts,
             coalesce(sum(occurrences) FILTER (WHERE recovery_attempted AND recovered), 0)::bigint AS recoveries
      FROM events WHERE user_id IS NOT NULL AND (severity > 0 OR recovery_attempted) GROUP BY 1, 2) AS sums;
