-- Whose errors a pattern was: sets of users in the place of a row for each. `users` is a set's bytes (store/user_sets.h), or one
-- user's key; the users of a pattern are those of all its rows.
CREATE TABLE user_sets (
  id          INTEGER PRIMARY KEY,
  fingerprint INTEGER NOT NULL,
  users       ANY     NOT NULL
) STRICT;
CREATE INDEX user_sets_by_fingerprint ON user_sets (fingerprint);

INSERT INTO user_sets (fingerprint, users)
SELECT fingerprint, user FROM user_days WHERE errors > 0 AND fingerprint <> 0 ORDER BY fingerprint, user;

DROP VIEW error_patterns;
DROP VIEW daily_error_stats;
DROP TABLE user_days;

CREATE VIEW error_patterns AS
SELECT printf('%016x', fingerprint) AS hash, errors AS count,
       (SELECT count(DISTINCT user_id) FROM events AS e WHERE e.fingerprint = p.fingerprint AND severity > 0)
         AS affected_users,
       first_seen_ms, last_seen_ms, message, page, action
FROM patterns AS p WHERE errors > 0;

CREATE VIEW daily_error_stats AS
SELECT user_id, coalesce(sum(occurrences) FILTER (WHERE severity > 0), 0) AS errors,
       count(DISTINCT fingerprint) FILTER (WHERE severity > 0 AND fingerprint <> 0) AS unique_errors,
       coalesce(sum(occurrences) FILTER (WHERE severity >= 3), 0) AS severe,
       coalesce(sum(occurrences) FILTER (WHERE severity > 0 AND user_blocked), 0) AS blocked,
       coalesce(sum(occurrences) FILTER (WHERE recovery_attempted), 0) AS recovery_attempts,
       coalesce(sum(occurrences) FILTER (WHERE recovery_attempted AND recovered), 0) AS recoveries,
       1.0 * coalesce(sum(occurrences) FILTER (WHERE recovery_attempted AND recovered), 0)
         / nullif(sum(occurrences) FILTER (WHERE recovery_attempted), 0) AS recovery_rate
FROM events WHERE user_id IS NOT NULL AND (severity > 0 OR recovery_attempted) GROUP BY user_id;
