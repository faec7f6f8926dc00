-- One day (UTC) of events. A file holds its events and every rollup of them, because a commit is atomic in one file alone.

-- What an event, a count or a choice is told apart by. `id`s are the file's own.
CREATE TABLE dimensions (
  id          INTEGER PRIMARY KEY,
  service     TEXT NOT NULL,
  environment TEXT NOT NULL,
  release     TEXT NOT NULL,
  UNIQUE (service, environment, release)
) STRICT;

-- Events as they came, with the columns that people look for them by. `id` is the order of arrival.
CREATE TABLE events (
  id                 INTEGER PRIMARY KEY,
  event_id           BLOB    NOT NULL,
  occurred_ms        INTEGER NOT NULL,
  received_ms        INTEGER NOT NULL,
  level              INTEGER NOT NULL,
  service            TEXT    NOT NULL,
  environment        TEXT    NOT NULL,
  release            TEXT    NOT NULL,
  message            TEXT    NOT NULL,
  error_type         TEXT,
  error_message      TEXT,
  component          TEXT,
  route              TEXT,
  session_id         TEXT,
  user_id            TEXT,
  trace_id           TEXT,
  request_id         TEXT,
  fingerprint        INTEGER,
  occurrences        INTEGER NOT NULL,
  severity           INTEGER NOT NULL, -- 0: nobody's error
  error_kind         INTEGER NOT NULL,
  error_code         TEXT,
  page               TEXT,
  action             TEXT,
  user_blocked       INTEGER NOT NULL,
  recovery_attempted INTEGER NOT NULL,
  recovered          INTEGER NOT NULL,
  body               TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_event_id ON events (event_id);
CREATE INDEX events_by_time ON events (occurred_ms);
CREATE INDEX events_by_fingerprint ON events (fingerprint, occurred_ms) WHERE fingerprint IS NOT NULL;
CREATE INDEX events_by_session ON events (session_id, occurred_ms) WHERE session_id IS NOT NULL;
CREATE INDEX events_by_user ON events (user_id, occurred_ms) WHERE user_id IS NOT NULL;
CREATE INDEX events_by_trace ON events (trace_id, occurred_ms) WHERE trace_id IS NOT NULL;
CREATE INDEX events_by_request ON events (request_id, occurred_ms) WHERE request_id IS NOT NULL;
CREATE INDEX events_by_severity ON events (occurred_ms) WHERE severity >= 3;

-- What the plot shows: occurrences by minute. Written, as all that follows, in the transaction that writes the events.
CREATE TABLE event_minutes (
  minute      INTEGER NOT NULL, -- minutes since 1970
  level       INTEGER NOT NULL,
  dimension   INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  PRIMARY KEY (minute, level, dimension)
) STRICT, WITHOUT ROWID;

-- What breaks most. `width` is 5, 60, 360 or 1440 minutes and `at` a multiple of it, in minutes since 1970: those of five
-- minutes are all there; wider ones only where `rolled` says so, and then they count late events too.
CREATE TABLE pattern_counts (
  width        INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  fingerprint  INTEGER NOT NULL,
  level        INTEGER NOT NULL,
  dimension    INTEGER NOT NULL,
  occurrences  INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  PRIMARY KEY (width, at, fingerprint, level, dimension)
) STRICT, WITHOUT ROWID;

-- In what situation errors happen to people.
CREATE TABLE situations (
  id     INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL,
  page   TEXT    NOT NULL,
  action TEXT    NOT NULL,
  UNIQUE (kind, page, action)
) STRICT;

-- Errors of people; fingerprint 0: without one. Widths as above.
CREATE TABLE error_counts (
  width        INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  situation    INTEGER NOT NULL,
  fingerprint  INTEGER NOT NULL,
  errors       INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  PRIMARY KEY (width, at, situation, fingerprint)
) STRICT, WITHOUT ROWID;

-- Which of the wider counts there are. Width 0: the whole day is about to be deleted, and nothing may be written any more.
CREATE TABLE rolled (
  width INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  PRIMARY KEY (width, at)
) STRICT, WITHOUT ROWID;

-- One example of each fingerprint, so that it has a face, and its errors of this day.
CREATE TABLE patterns (
  fingerprint   INTEGER PRIMARY KEY,
  message       TEXT    NOT NULL,
  error_type    TEXT,
  error_kind    INTEGER NOT NULL,
  page          TEXT,
  action        TEXT,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms  INTEGER NOT NULL,
  errors        INTEGER NOT NULL
) STRICT;

-- Whose errors pile up: by five minutes. `user` is a hash of `user_id`, the same in every file, and `event` the id of one of
-- the user's events, which tells the `user_id`.
CREATE TABLE user_spans (
  at      INTEGER NOT NULL, -- minutes since 1970
  user    INTEGER NOT NULL,
  errors  INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  event   INTEGER NOT NULL,
  PRIMARY KEY (at, user)
) STRICT, WITHOUT ROWID;

-- Each user's day by fingerprint; 0: without one.
CREATE TABLE user_days (
  fingerprint       INTEGER NOT NULL,
  user              INTEGER NOT NULL,
  errors            INTEGER NOT NULL,
  severe            INTEGER NOT NULL,
  blocked           INTEGER NOT NULL,
  recovery_attempts INTEGER NOT NULL,
  recoveries        INTEGER NOT NULL,
  event             INTEGER NOT NULL,
  PRIMARY KEY (fingerprint, user)
) STRICT, WITHOUT ROWID;

-- The tables of SPEC section 7, for those who ask the file themselves.
CREATE VIEW user_errors AS
SELECT lower(hex(event_id)) AS id, user_id, session_id, occurred_ms AS timestamp_ms,
       CASE error_kind WHEN 1 THEN 'validation' WHEN 2 THEN 'permission' WHEN 3 THEN 'timeout' WHEN 4 THEN 'network'
                       WHEN 5 THEN 'workflow' ELSE 'unknown' END AS type,
       error_code AS code, message, page, action,
       CASE severity WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' ELSE 'critical' END AS severity,
       user_blocked, occurrences, body
FROM events WHERE severity > 0;

CREATE VIEW error_patterns AS
SELECT printf('%016x', fingerprint) AS hash, errors AS count,
       (SELECT count(*) FROM user_days AS u WHERE u.fingerprint = p.fingerprint AND u.errors > 0) AS affected_users,
       first_seen_ms, last_seen_ms, message, page, action
FROM patterns AS p WHERE errors > 0;

CREATE VIEW daily_error_stats AS
SELECT events.user_id, sum(errors) AS errors,
       count(*) FILTER (WHERE errors > 0 AND user_days.fingerprint <> 0) AS unique_errors, sum(severe) AS severe,
       sum(blocked) AS blocked, sum(recovery_attempts) AS recovery_attempts, sum(recoveries) AS recoveries,
       CASE WHEN sum(recovery_attempts) > 0 THEN 1.0 * sum(recoveries) / sum(recovery_attempts) END AS recovery_rate
FROM user_days JOIN events ON events.id = user_days.event GROUP BY user;
