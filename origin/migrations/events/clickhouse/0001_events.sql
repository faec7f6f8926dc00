-- Events, one row each. Who inserts looks first whether an event_id is there; what two origins insert in the same moment is
-- merged into one row by its key.
CREATE TABLE IF NOT EXISTS origin_events
(
    event_id UUID,
    occurred DateTime64(3, 'UTC'),
    received DateTime64(3, 'UTC'),
    level UInt8,
    service LowCardinality(String),
    environment LowCardinality(String),
    release LowCardinality(String),
    message String,
    error_type LowCardinality(String),
    error_message String,
    component LowCardinality(String),
    route String,
    session_id String,
    user_id String,
    trace_id String,
    request_id String,
    fingerprint UInt64,
    occurrences UInt64,
    severity UInt8,
    error_kind UInt8,
    error_code LowCardinality(String),
    page String,
    action LowCardinality(String),
    user_blocked Bool,
    recovery_attempted Bool,
    recovered Bool,
    body String CODEC(ZSTD(3)),
    INDEX by_event_id event_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_fingerprint fingerprint TYPE bloom_filter GRANULARITY 1,
    INDEX by_session session_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_user user_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(occurred)
ORDER BY (occurred, event_id);

-- What the plot shows.
CREATE TABLE IF NOT EXISTS origin_minutes
(
    minute DateTime('UTC'),
    level UInt8,
    service LowCardinality(String),
    environment LowCardinality(String),
    release LowCardinality(String),
    occurrences UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toDate(minute)
ORDER BY (minute, level, service, environment, release);

CREATE MATERIALIZED VIEW IF NOT EXISTS origin_minutes_view TO origin_minutes AS
SELECT toStartOfMinute(occurred) AS minute, level, service, environment, release, sum(occurrences) AS occurrences
FROM origin_events GROUP BY minute, level, service, environment, release;

-- What breaks most, by five minutes.
CREATE TABLE IF NOT EXISTS origin_patterns
(
    at DateTime('UTC'),
    fingerprint UInt64,
    level UInt8,
    service LowCardinality(String),
    environment LowCardinality(String),
    release LowCardinality(String),
    occurrences SimpleAggregateFunction(sum, UInt64),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(at)
ORDER BY (at, fingerprint, level, service, environment, release);

CREATE MATERIALIZED VIEW IF NOT EXISTS origin_patterns_view TO origin_patterns AS
SELECT toStartOfFiveMinutes(occurred) AS at, fingerprint, level, service, environment, release,
       sum(occurrences) AS occurrences, max(occurred) AS last_seen
FROM origin_events WHERE fingerprint != 0 GROUP BY at, fingerprint, level, service, environment, release;

-- The face of each fingerprint, by day.
CREATE TABLE IF NOT EXISTS origin_faces
(
    day Date,
    fingerprint UInt64,
    face AggregateFunction(argMin, Tuple(String, String, UInt8, String, String), DateTime64(3, 'UTC')),
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    errors SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY day
ORDER BY (fingerprint, day);

CREATE MATERIALIZED VIEW IF NOT EXISTS origin_faces_view TO origin_faces AS
SELECT toDate(occurred) AS day, fingerprint,
       argMinState(tuple(message, toString(error_type), error_kind, page, toString(action)), occurred) AS face,
       min(occurred) AS first_seen, max(occurred) AS last_seen, sumIf(occurrences, severity > 0) AS errors
FROM origin_events WHERE fingerprint != 0 GROUP BY day, fingerprint;

CREATE VIEW IF NOT EXISTS user_errors AS
SELECT event_id AS id, user_id, session_id, occurred AS timestamp,
       ['unknown', 'validation', 'permission', 'timeout', 'network', 'workflow'][error_kind + 1] AS type,
       error_code AS code, message, page, action, ['low', 'medium', 'high', 'critical'][e.severity] AS severity,
       user_blocked, occurrences, body
FROM origin_events AS e WHERE e.severity > 0;

CREATE VIEW IF NOT EXISTS error_patterns AS
SELECT leftPad(lower(hex(fingerprint)), 16, '0') AS hash, sum(occurrences) AS count, uniqExact(user_id) AS affected_users,
       min(occurred) AS first_seen, max(occurred) AS last_seen, any(message) AS message, any(page) AS page,
       any(action) AS action
FROM origin_events WHERE severity > 0 AND fingerprint != 0 GROUP BY fingerprint;

CREATE VIEW IF NOT EXISTS daily_error_stats AS
SELECT toDate(occurred) AS day, user_id, sumIf(occurrences, severity > 0) AS errors,
       uniqExactIf(fingerprint, severity > 0 AND fingerprint != 0) AS unique_errors,
       sumIf(occurrences, severity > 0 AND user_blocked) AS blocked, sumIf(occurrences, recovery_attempted) AS recovery_attempts,
       sumIf(occurrences, recovery_attempted AND recovered) AS recoveries
FROM origin_events WHERE user_id != '' GROUP BY day, user_id
