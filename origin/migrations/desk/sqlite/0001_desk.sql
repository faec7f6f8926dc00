-- Who may sign in. E-mail addresses are stored in lower case; passwords as libsodium's argon2id strings.
CREATE TABLE users (
  id            TEXT    PRIMARY KEY,
  email         TEXT    NOT NULL UNIQUE,
  display_name  TEXT    NOT NULL,
  role          TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  created_ms    INTEGER NOT NULL
) STRICT;

-- Each refresh token once: by its id, never by its text. A family is one sign-in and what was refreshed from it.
CREATE TABLE refresh_tokens (
  id         TEXT    PRIMARY KEY,
  family     TEXT    NOT NULL,
  user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_ms INTEGER NOT NULL,
  used_ms    INTEGER -- NULL: it has not been exchanged yet
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_ms);

-- Failed sign-ins, by account and by address.
CREATE TABLE sign_in_failures (
  subject    TEXT    PRIMARY KEY,
  failures   INTEGER NOT NULL,
  last_ms    INTEGER NOT NULL
) STRICT;

-- The next number of a kind.
CREATE TABLE counters (
  name  TEXT    PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('ticket', 100);

-- What a user asked for help with. `evidence` is a JSON object: the requests that came with it.
CREATE TABLE tickets (
  id          TEXT    PRIMARY KEY,
  number      INTEGER NOT NULL UNIQUE,
  message     TEXT    NOT NULL,
  action      TEXT    NOT NULL,
  status      TEXT    NOT NULL,
  priority    TEXT    NOT NULL,
  user_id     TEXT,
  session_id  TEXT,
  contact     TEXT,
  page        TEXT,
  evidence    TEXT    NOT NULL,
  created_ms  INTEGER NOT NULL,
  updated_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_by_user ON tickets (user_id, created_ms) WHERE user_id IS NOT NULL;
CREATE INDEX tickets_by_session ON tickets (session_id, created_ms) WHERE session_id IS NOT NULL;
CREATE INDEX tickets_by_time ON tickets (created_ms);

CREATE TABLE ticket_events (
  ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  event_id  TEXT NOT NULL,
  PRIMARY KEY (ticket_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_events_by_event ON ticket_events (event_id);

CREATE TABLE ticket_activity (
  ticket_id TEXT    NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  at_ms     INTEGER NOT NULL,
  actor     TEXT    NOT NULL,
  what      TEXT    NOT NULL,
  detail    TEXT    NOT NULL
) STRICT;
CREATE INDEX ticket_activity_by_ticket ON ticket_activity (ticket_id, at_ms);

-- A pattern is resolved until it is seen after `resolved_ms`.
CREATE TABLE error_resolutions (
  fingerprint TEXT    PRIMARY KEY, -- 16 hex digits
  resolved_ms INTEGER NOT NULL,
  resolved_by TEXT    NOT NULL,
  note        TEXT    NOT NULL
) STRICT;

-- Each alert once, whichever origin noticed it: `subject` says what it is about, and in which hour.
CREATE TABLE alerts (
  id           TEXT    PRIMARY KEY,
  subject      TEXT    NOT NULL UNIQUE,
  kind         TEXT    NOT NULL,
  fingerprint  TEXT,
  message      TEXT    NOT NULL,
  body         TEXT    NOT NULL,
  at_ms        INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  next_ms      INTEGER, -- when the webhook is tried again; NULL: it is not
  delivered_ms INTEGER
) STRICT;
CREATE INDEX alerts_by_time ON alerts (at_ms);
CREATE INDEX alerts_by_next ON alerts (next_ms) WHERE next_ms IS NOT NULL;

-- Request logs of users, where no Redis keeps them.
CREATE TABLE request_logs (
  id      INTEGER PRIMARY KEY,
  user_id TEXT    NOT NULL,
  at_ms   INTEGER NOT NULL,
  body    TEXT    NOT NULL
) STRICT;
CREATE INDEX request_logs_by_user ON request_logs (user_id, id);
CREATE INDEX request_logs_by_time ON request_logs (at_ms);
