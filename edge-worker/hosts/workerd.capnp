# The edge worker in a workerd of one's own. Address and port by `--socket-addr http=127.0.0.1:8788`.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    # The origin stands on loopback or in a private network as often as not.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8788", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  compatibilityDate = "2026-10-01",
  modules = [
    (name = "workerd.js", esModule = embed "workerd.js"),
    (name = "edge.wasm", wasm = embed "edge.wasm"),
    (name = "on-demand.wasm", wasm = embed "on-demand.wasm"),
  ],
  # From the process's environment: no secret is ever written into a file.
  bindings = [
    (name = "ENVIRONMENT", fromEnvironment = "ENVIRONMENT"),
    (name = "RELEASE", fromEnvironment = "RELEASE"),
    (name = "LOG_LEVEL", fromEnvironment = "LOG_LEVEL"),
    (name = "LOG_INGEST_HMAC_SECRET", fromEnvironment = "LOG_INGEST_HMAC_SECRET"),
    (name = "LOG_DIAGNOSTIC_SECRET", fromEnvironment = "LOG_DIAGNOSTIC_SECRET"),
    (name = "EXTRA_CORS_ORIGINS", fromEnvironment = "EXTRA_CORS_ORIGINS"),
    (name = "TRUSTED_PROXIES", fromEnvironment = "TRUSTED_PROXIES"),
    (name = "LOG_CLIENT_ADDRESS", fromEnvironment = "LOG_CLIENT_ADDRESS"),
    (name = "LOG_DATA_KEYS", fromEnvironment = "LOG_DATA_KEYS"),
    (name = "LOG_FILTER_EXTENSIONS", fromEnvironment = "LOG_FILTER_EXTENSIONS"),
    (name = "LOG_FILTER_CRAWLERS", fromEnvironment = "LOG_FILTER_CRAWLERS"),
    (name = "LOG_FILTER_LOCALHOST", fromEnvironment = "LOG_FILTER_LOCALHOST"),
    (name = "LOG_FILTER_NOISE", fromEnvironment = "LOG_FILTER_NOISE"),
    (name = "LOG_FILTER_PATTERNS", fromEnvironment = "LOG_FILTER_PATTERNS"),
    (name = "LOG_FILTER_PATTERNS_ACTION", fromEnvironment = "LOG_FILTER_PATTERNS_ACTION"),
    (name = "LOG_RATE_BURST", fromEnvironment = "LOG_RATE_BURST"),
    (name = "LOG_RATE_PER_SECOND", fromEnvironment = "LOG_RATE_PER_SECOND"),
    (name = "ORIGIN_URL", fromEnvironment = "ORIGIN_URL"),
    (name = "ORIGIN_TOKEN", fromEnvironment = "ORIGIN_TOKEN"),
    (name = "MAYDAY_SINK", fromEnvironment = "MAYDAY_SINK"),
    # There is no disk here: only so that the edge can say so.
    (name = "MAYDAY_SPOOL_DIR", fromEnvironment = "MAYDAY_SPOOL_DIR"),
    (name = "MAYDAY_SPOOL_BYTES", fromEnvironment = "MAYDAY_SPOOL_BYTES"),
    (name = "OTEL_EXPORTER_OTLP_ENDPOINT", fromEnvironment = "OTEL_EXPORTER_OTLP_ENDPOINT"),
    (name = "OTEL_EXPORTER_OTLP_HEADERS", fromEnvironment = "OTEL_EXPORTER_OTLP_HEADERS"),
    (name = "CLICKHOUSE_URL", fromEnvironment = "CLICKHOUSE_URL"),
    (name = "LOKI_URL", fromEnvironment = "LOKI_URL"),
    (name = "LOKI_HEADERS", fromEnvironment = "LOKI_HEADERS"),
    (name = "MAYDAY_PLATFORM", fromEnvironment = "MAYDAY_PLATFORM"),
  ],
);
