-- The table that the edge's ClickHouse sink writes to: one row an event. An event that was sent twice is merged into one in
-- time, by event_id; `FINAL` (or count(DISTINCT event_id)) does not wait for that.
CREATE TABLE IF NOT EXISTS mayday_events
(
    event_id UUID,
    timestamp DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    level LowCardinality(String),
    service LowCardinality(String),
    environment LowCardinality(String),
    release String,
    message String,
    fingerprint String,
    count UInt32 DEFAULT 1,
    request_id String,
    trace_id String,
    session_id String,
    user_id String,
    component String,
    route String,
    error String,
    http String,
    device String,
    data String,
    tags String,
    breadcrumbs String,
    support String,
    run_id String,
    graph_id String,
    node String,
    status String,
    duration_ms Float64,
    job_id String,
    customer_id String,
    payload String,
    _meta String
)
ENGINE = ReplacingMergeTree(received_at)
-- By the edge's clock: clients choose `timestamp`, and would choose the number of partitions with it.
PARTITION BY toDate(received_at)
ORDER BY (service, environment, timestamp, event_id)
TTL toDateTime(received_at) + INTERVAL 30 DAY;
