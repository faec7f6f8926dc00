-- Events and their rollups, each in a partition a day (UTC), so that a day is dropped whole. What a column means stands in the
-- SQLite set; `day` is days since 1970.

CREATE TABLE dimensions (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  service     text NOT NULL,
  environment text NOT NULL,
  release     text NOT NULL,
  UNIQUE (service, environment, release)
);

CREATE TABLE situations (
  id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind   smallint NOT NULL,
  page   text NOT NULL,
  action text NOT NULL
);
-- By a hash: a page may be longer than an index entry.
CREATE UNIQUE INDEX situations_by_name ON situations (kind, md5(page), md5(action));

CREATE SEQUENCE events_ids;

-- A unique key of the whole table would have to hold the time too: each partition has its own on event_id (mayday_make_day),
-- and the origin looks into the neighbouring day where it must.
CREATE TABLE events (
  id                 bigint   NOT NULL DEFAULT nextval('events_ids'),
  event_id           uuid     NOT NULL,
  occurred_ms        bigint   NOT NULL,
  received_ms        bigint   NOT NULL,
  level              smallint NOT NULL,
  service            text     NOT NULL,
  environment        text     NOT NULL,
  release            text     NOT NULL,
  message            text     NOT NULL,
  error_type         text,
  error_message      text,
  component          text,
  route              text,
  session_id         text,
  user_id            text,
  trace_id           text,
  request_id         text,
  fingerprint        bigint,
  occurrences        bigint   NOT NULL,
  severity           smallint NOT NULL,
  error_kind         smallint NOT NULL,
  error_code         text,
  page               text,
  action             text,
  user_blocked       boolean  NOT NULL,
  recovery_attempted boolean  NOT NULL,
  recovered          boolean  NOT NULL,
  body               text     NOT NULL
) PARTITION BY RANGE (occurred_ms);

CREATE INDEX events_by_time ON events (occurred_ms, id);
CREATE INDEX events_by_fingerprint ON events (fingerprint, occurred_ms) WHERE fingerprint IS NOT NULL;
CREATE INDEX events_by_session ON events (session_id, occurred_ms) WHERE session_id IS NOT NULL;
CREATE INDEX events_by_user ON events (user_id, occurred_ms) WHERE user_id IS NOT NULL;
CREATE INDEX events_by_trace ON events (trace_id, occurred_ms) WHERE trace_id IS NOT NULL;
CREATE INDEX events_by_request ON events (request_id, occurred_ms) WHERE request_id IS NOT NULL;
CREATE INDEX events_by_severity ON events (occurred_ms, id) WHERE severity >= 3;

CREATE TABLE event_minutes (
  day         integer  NOT NULL,
  minute      bigint   NOT NULL,
  level       smallint NOT NULL,
  dimension   integer  NOT NULL,
  occurrences bigint   NOT NULL,
  PRIMARY KEY (day, minute, level, dimension)
) PARTITION BY LIST (day);

CREATE TABLE pattern_counts (
  day          integer  NOT NULL,
  width        smallint NOT NULL,
  at           bigint   NOT NULL,
  fingerprint  bigint   NOT NULL,
  level        smallint NOT NULL,
  dimension    integer  NOT NULL,
  occurrences  bigint   NOT NULL,
  last_seen_ms bigint   NOT NULL,
  PRIMARY KEY (day, width, at, fingerprint, level, dimension)
) PARTITION BY LIST (day);

CREATE TABLE error_counts (
  day          integer  NOT NULL,
  width        smallint NOT NULL,
  at           bigint   NOT NULL,
  situation    integer  NOT NULL,
  fingerprint  bigint   NOT NULL,
  errors       bigint   NOT NULL,
  last_seen_ms bigint   NOT NULL,
  PRIMARY KEY (day, width, at, situation, fingerprint)
) PARTITION BY LIST (day);

CREATE TABLE rolled (
  day   integer  NOT NULL,
  width smallint NOT NULL,
  at    bigint   NOT NULL,
  PRIMARY KEY (day, width, at)
);

CREATE TABLE patterns (
  day           integer  NOT NULL,
  fingerprint   bigint   NOT NULL,
  message       text     NOT NULL,
  error_type    text,
  error_kind    smallint NOT NULL,
  page          text,
  action        text,
  first_seen_ms bigint   NOT NULL,
  last_seen_ms  bigint   NOT NULL,
  errors        bigint   NOT NULL,
  PRIMARY KEY (day, fingerprint)
) PARTITION BY LIST (day);

CREATE TABLE user_spans (
  day      integer NOT NULL,
  at       bigint  NOT NULL,
  user_key bigint  NOT NULL,
  user_id  text    NOT NULL,
  errors   bigint  NOT NULL,
  blocked  bigint  NOT NULL,
  PRIMARY KEY (day, at, user_key)
) PARTITION BY LIST (day);

CREATE TABLE user_days (
  day               integer NOT NULL,
  fingerprint       bigint  NOT NULL,
  user_key          bigint  NOT NULL,
  user_id           text    NOT NULL,
  errors            bigint  NOT NULL,
  severe            bigint  NOT NULL,
  blocked           bigint  NOT NULL,
  recovery_attempts bigint  NOT NULL,
  recoveries        bigint  NOT NULL,
  PRIMARY KEY (day, fingerprint, user_key)
) PARTITION BY LIST (day);

-- Makes the day's partitions where they are missing. Attached, not made as partitions: that does not lock out who reads.
CREATE FUNCTION mayday_make_day(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(6239041, 1);
  IF to_regclass('events_' || wanted) IS NOT NULL THEN RETURN; END IF;
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_days'] LOOP
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

CREATE FUNCTION mayday_drop_day(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
BEGIN
  PERFORM pg_advisory_xact_lock(6239041, 1);
  FOREACH parent IN ARRAY ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_days', 'events'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || wanted);
  END LOOP;
  DELETE FROM rolled WHERE day = wanted;
END $$;

-- The days that there are, and what they take.
CREATE VIEW mayday_days AS
SELECT substr(part.relname, 8)::integer AS day,
       (SELECT sum(pg_total_relation_size(to_regclass(parent || '_' || substr(part.relname, 8))))::bigint
        FROM unnest(ARRAY['event_minutes', 'pattern_counts', 'error_counts', 'patterns', 'user_spans', 'user_days', 'events'])
             AS parent) AS bytes
FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
WHERE inhparent = 'events'::regclass;

CREATE VIEW user_errors AS
SELECT event_id AS id, user_id, session_id, occurred_ms AS timestamp_ms,
       (ARRAY['unknown', 'validation', 'permission', 'timeout', 'network', 'workflow'])[error_kind + 1] AS type,
       error_code AS code, message, page, action,
       (ARRAY['low', 'medium', 'high', 'critical'])[severity] AS severity,
       user_blocked, occurrences, body
FROM events WHERE severity > 0;

CREATE VIEW error_patterns AS
SELECT lpad(to_hex(fingerprint), 16, '0') AS hash, sum(errors)::bigint AS count,
       (SELECT count(DISTINCT user_key) FROM user_days AS u WHERE u.fingerprint = p.fingerprint AND u.errors > 0)
         AS affected_users,
       min(first_seen_ms) AS first_seen_ms, max(last_seen_ms) AS last_seen_ms,
       (array_agg(message ORDER BY day))[1] AS message, (array_agg(page ORDER BY day))[1] AS page,
       (array_agg(action ORDER BY day))[1] AS action
FROM patterns AS p WHERE errors > 0 GROUP BY fingerprint;

CREATE VIEW daily_error_stats AS
SELECT day, user_id, sum(errors)::bigint AS errors,
       count(*) FILTER (WHERE errors > 0 AND fingerprint <> 0) AS unique_errors, sum(severe)::bigint AS severe,
       sum(blocked)::bigint AS blocked, sum(recovery_attempts)::bigint AS recovery_attempts,
       sum(recoveries)::bigint AS recoveries,
       CASE WHEN sum(recovery_attempts) > 0 THEN sum(recoveries) / sum(recovery_attempts) END AS recovery_rate
FROM user_days GROUP BY day, user_id;
