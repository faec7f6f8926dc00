-- Events as they came, with the columns that people look for them by. `id` is the order of arrival.
CREATE TABLE events (
  id            INTEGER PRIMARY KEY,
  event_id      BLOB    NOT NULL,
  occurred_ms   INTEGER NOT NULL,
  received_ms   INTEGER NOT NULL,
  level         INTEGER NOT NULL,
  service       TEXT    NOT NULL,
  environment   TEXT    NOT NULL,
  release       TEXT    NOT NULL,
  message       TEXT    NOT NULL,
  error_type    TEXT,
  error_message TEXT,
  component     TEXT,
  route         TEXT,
  session_id    TEXT,
  user_id       TEXT,
  trace_id      TEXT,
  request_id    TEXT,
  fingerprint   INTEGER,
  occurrences   INTEGER NOT NULL,
  body          TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_by_event_id ON events (event_id);
CREATE INDEX events_by_time ON events (occurred_ms);
CREATE INDEX events_by_fingerprint ON events (fingerprint, occurred_ms) WHERE fingerprint IS NOT NULL;
CREATE INDEX events_by_session ON events (session_id, occurred_ms) WHERE session_id IS NOT NULL;
CREATE INDEX events_by_user ON events (user_id, occurred_ms) WHERE user_id IS NOT NULL;
CREATE INDEX events_by_trace ON events (trace_id, occurred_ms) WHERE trace_id IS NOT NULL;
CREATE INDEX events_by_request ON events (request_id, occurred_ms) WHERE request_id IS NOT NULL;

-- What the plot shows: occurrences by minute. Written in the transaction that writes the events.
CREATE TABLE event_minutes (
  minute      INTEGER NOT NULL, -- minutes since 1970
  level       INTEGER NOT NULL,
  service     TEXT    NOT NULL,
  environment TEXT    NOT NULL,
  release     TEXT    NOT NULL,
  occurrences INTEGER NOT NULL,
  PRIMARY KEY (minute, level, service, environment, release)
) STRICT, WITHOUT ROWID;

-- What breaks most: occurrences by five minutes and fingerprint.
CREATE TABLE pattern_spans (
  span         INTEGER NOT NULL, -- five minutes each, since 1970
  fingerprint  INTEGER NOT NULL,
  level        INTEGER NOT NULL,
  service      TEXT    NOT NULL,
  environment  TEXT    NOT NULL,
  release      TEXT    NOT NULL,
  occurrences  INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  PRIMARY KEY (span, fingerprint, level, service, environment, release)
) STRICT, WITHOUT ROWID;

-- One example of each fingerprint, so that it has a face.
CREATE TABLE patterns (
  fingerprint   INTEGER PRIMARY KEY,
  message       TEXT    NOT NULL,
  error_type    TEXT,
  first_seen_ms INTEGER NOT NULL
) STRICT;
