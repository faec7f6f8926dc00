#include "origin/config.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace mayday::origin {
namespace {

using ValueOf = std::function<std::optional<std::string_view>(std::string_view)>;

constexpr std::string_view sqlite_scheme = "sqlite://";

bool is_address(const std::string& text) {
  unsigned char parsed[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), parsed) == 1 || inet_pton(AF_INET6, text.c_str(), parsed) == 1;
}

ConfigProblem read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc{} || end != text.data() + text.size()) return "--port must be a number from 0 to 65535";
  return {};
}

ConfigProblem read_flag(std::string_view name, std::string_view value, Config& config) {
  if (name == "--port") return read_port(value, config.port);
  if (value.empty()) return std::string(name) + " must not be empty";
  if (name == "--data") return config.data_dir = value, ConfigProblem{};
  config.host = value == "localhost" ? "127.0.0.1" : value;
  if (!is_address(config.host)) return "--host must be an IP address, such as 127.0.0.1 or ::1";
  return {};
}

ConfigProblem read_flags(std::span<const std::string_view> arguments, Config& config) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    if (name == "--help" || name == "-h") return config.help = true, ConfigProblem{};
    const std::size_t equals = name.find('=');
    const bool joined = name.starts_with("--") && equals != std::string_view::npos;
    const std::string_view own_value = joined ? name.substr(equals + 1) : std::string_view{};
    if (joined) name = name.substr(0, equals);
    if (name != "--host" && name != "--port" && name != "--data") {
      return "unknown argument " + std::string(name) + " (see --help)";
    }
    if (!joined && i + 1 == arguments.size()) return std::string(name) + " needs a value";
    const ConfigProblem problem = read_flag(name, joined ? own_value : arguments[++i], config);
    if (!problem.empty()) return problem;
  }
  return {};
}

ConfigProblem read_database(const ValueOf& value_of, Config& config) {
  const std::string_view url = value_of("DATABASE_URL").value_or("");
  config.database_path = config.data_dir + "/mayday.db";
  if (url.empty()) return {};
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    config.postgres_url = url;
    return {};
  }
  const bool is_sqlite = url.starts_with(sqlite_scheme) && url.substr(sqlite_scheme.size()).starts_with('/');
  if (!is_sqlite || url.size() <= sqlite_scheme.size() + 1) {
    return "DATABASE_URL must be sqlite:///absolute/path/to/file.db or postgresql://user:password@host:port/database";
  }
  config.database_path = url.substr(sqlite_scheme.size());
  return {};
}

constexpr std::size_t secret_bytes_min = 32;

bool is_loopback(const std::string& host) { return host.starts_with("127.") || host == "::1"; }

/// A secret of one's own, or the default where that may be.
ConfigProblem read_secret(const ValueOf& value_of, std::string_view name, bool needs_own, std::string& secret) {
  const std::string_view value = value_of(name).value_or("");
  if (value.empty() || value == secret) {
    if (!needs_own) return {};
    return std::string(name) +
           " must be set to a secret of your own when ENVIRONMENT=prod, or when --host is no loopback address";
  }
  secret = value;
  if (needs_own && secret.size() < secret_bytes_min) return std::string(name) + " must have at least 32 characters";
  return {};
}

ConfigProblem read_secrets(const ValueOf& value_of, Config& config) {
  const bool needs_own = config.policy.is_prod || !is_loopback(config.host);
  const std::string_view token = value_of("ORIGIN_TOKEN").value_or("");
  if (!token.empty()) config.origin_token = token;
  if (needs_own && config.origin_token == default_origin_token) {
    return "ORIGIN_TOKEN must be set to a secret of your own when ENVIRONMENT=prod, or when --host is no loopback "
           "address";
  }
  config.service_token = value_of("SERVICE_TOKEN").value_or(config.origin_token);
  for (const auto& [name, secret] : {std::pair{"JWT_ACCESS_SECRET", &config.access_secret},
                                     std::pair{"JWT_REFRESH_SECRET", &config.refresh_secret}}) {
    if (ConfigProblem problem = read_secret(value_of, name, needs_own, *secret); !problem.empty()) return problem;
  }
  if (config.access_secret == config.refresh_secret) return "JWT_ACCESS_SECRET and JWT_REFRESH_SECRET must differ";
  return {};
}

bool is_web_address(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

/// What stands in a list by commas.
std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    std::string_view one = list.substr(start, end - start);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) words.push_back(one);
    start = end + 1;
  }
  return words;
}

ConfigProblem read_webhook(const ValueOf& value_of, Config& config) {
  config.alert_webhook_url = value_of("ALERT_WEBHOOK_URL").value_or("");
  config.alert_webhook_secret = value_of("ALERT_WEBHOOK_SECRET").value_or("");
  if (config.alert_webhook_url.empty() || is_web_address(config.alert_webhook_url)) return {};
  return "ALERT_WEBHOOK_URL must begin with https:// or http://";
}

constexpr std::size_t watched_max = 16;

ConfigProblem read_watched(const ValueOf& value_of, Config& config) {
  for (const std::string_view url : words_of(value_of("WATCH_URLS").value_or(""))) {
    if (!is_web_address(url)) return "WATCH_URLS must be addresses by comma, each of https:// or http://";
    config.watch_urls.emplace_back(url);
  }
  if (config.watch_urls.size() > watched_max) return "WATCH_URLS must be 16 addresses at most";
  return {};
}

ConfigProblem read_redis(const ValueOf& value_of, Config& config) {
  config.redis_url = value_of("REDIS_URL").value_or("");
  if (config.redis_url.empty() || config.redis_url.starts_with("redis://")) return {};
  return "REDIS_URL must be redis://[user:password@]host[:port][/database]";
}

constexpr std::int64_t retention_days_max = 3'650;

/// A whole number of decimal digits and nothing else, not above `max`.
template <typename Integer>
bool read_whole(std::string_view text, Integer max, Integer& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() && number >= 0 && number <= max;
}

ConfigProblem read_clickhouse(const ValueOf& value_of, Config& config) {
  config.clickhouse_url = value_of("CLICKHOUSE_URL").value_or("");
  const std::string_view url = config.clickhouse_url;
  if (!url.empty() && !is_web_address(url)) {
    return "CLICKHOUSE_URL must be http://user:password@host:8123/database";
  }
  // An environment that the edge has too, whose sink it names there: the origin's events stay where they are.
  const std::vector<std::string_view> sinks = words_of(value_of("MAYDAY_SINK").value_or(""));
  config.clickhouse_is_sink = !url.empty() && std::find(sinks.begin(), sinks.end(), "clickhouse") != sinks.end();
  if (config.clickhouse_is_sink) config.clickhouse_url.clear();
  return {};
}

ConfigProblem read_retention(const ValueOf& value_of, Config& config) {
  const std::string_view days = value_of("RETENTION_DAYS").value_or("");
  if (!days.empty() && (!read_whole(days, retention_days_max, config.retention_days) || config.retention_days < 1)) {
    return "RETENTION_DAYS must be a number of days from 1 to 3650";
  }
  const std::string_view bytes = value_of("RETENTION_BYTES").value_or("");
  constexpr std::uint64_t bytes_max = std::numeric_limits<std::int64_t>::max();
  if (!bytes.empty() && !read_whole(bytes, bytes_max, config.retention_bytes)) {
    return "RETENTION_BYTES must be a number of bytes; 0 for no such bound";
  }
  return {};
}

}  // namespace

ConfigProblem read_config(std::span<const std::string_view> arguments, const ValueOf& value_of, Config& config) {
  if (ConfigProblem problem = read_flags(arguments, config); !problem.empty() || config.help) return problem;
  if (ConfigProblem problem = read_policy(value_of, config.policy); !problem.empty()) return problem;
  config.policy.version = MAYDAY_VERSION;
  if (ConfigProblem problem = read_database(value_of, config); !problem.empty()) return problem;
  if (ConfigProblem problem = read_redis(value_of, config); !problem.empty()) return problem;
  if (ConfigProblem problem = read_clickhouse(value_of, config); !problem.empty()) return problem;
  if (ConfigProblem problem = read_retention(value_of, config); !problem.empty()) return problem;
  if (ConfigProblem problem = read_webhook(value_of, config); !problem.empty()) return problem;
  if (ConfigProblem problem = read_watched(value_of, config); !problem.empty()) return problem;
  return read_secrets(value_of, config);
}

std::string_view help_text() {
  return R"(mayday-origin: takes error events in, stores them, and shows them.

usage: mayday-origin [--host ADDRESS] [--port N] [--data DIR]
       mayday-origin admin create --email ADDRESS [--name NAME] [--role admin|agent|user] [--data DIR]
       mayday-origin backup --to DIR [--data DIR]
       mayday-origin migrate --from URL --to URL
       mayday-origin routes

  --host ADDRESS   the address to listen on (127.0.0.1)
  --port N         the port to listen on; 0 takes any free one (8787)
  --data DIR       the folder for the data, made where missing (.mayday)
  --help           this text

  admin create     makes an account, or gives an existing one a new password and role. The password is read from the
                   variable MAYDAY_PASSWORD, else asked for. Weak and well-known ones are refused.
  backup           copies the data of an SQLite origin, also of one that runs, into a new folder
  migrate          copies all from one DATABASE_URL to another, or the events to or from a CLICKHOUSE_URL; run again, it goes
                   on where it ended
  routes           lists every route with who may call it, as JSON

environment:
  ENVIRONMENT             dev, staging, prod or another name; prod lets error and warn through (dev)
  RELEASE                 what runs here, such as a version or a commit (empty)
  LOG_LEVEL               the lowest level let through: error, warn, info or debug (debug; in prod warn)
  LOG_INGEST_HMAC_SECRET  asks POST /v1/logs for a signature under this secret (empty: not asked for)
  LOG_DIAGNOSTIC_SECRET   opens single sessions by a signed cookie; at least 32 characters (empty: no such mode)
  LOG_FILTER_EXTENSIONS   errors of browser extensions: off, count or drop (count)
  LOG_FILTER_CRAWLERS     what crawlers send (count)
  LOG_FILTER_LOCALHOST    what pages on localhost send (off)
  LOG_FILTER_NOISE        ResizeObserver loop, Script error and the like (count)
  LOG_FILTER_PATTERNS     messages of your own choice, by semicolon, * for anything (empty)
  LOG_FILTER_PATTERNS_ACTION  what becomes of them (drop)
  LOG_DATA_KEYS           what an event's data keeps besides, by comma (empty)
  LOG_CLIENT_ADDRESS      off, or truncated: the client's network with each event (off)
  EXTRA_CORS_ORIGINS      page origins that may post, by comma: https://a.example, https://*.b.example (empty)
  ORIGIN_TOKEN            what the edge must show to POST /ingest; prod refuses the default (dev-origin-token)
  SERVICE_TOKEN           what your backends must show to POST /api/v1/requests (as ORIGIN_TOKEN)
  JWT_ACCESS_SECRET       signs access tokens; prod wants 32 characters of your own
  JWT_REFRESH_SECRET      signs refresh tokens; another one
  ALERT_WEBHOOK_URL       where alerts are posted to as JSON (empty: they stand on the dashboard alone)
  ALERT_WEBHOOK_SECRET    signs them: x-mayday-signature: sha256=<hex HMAC of the body> (empty: not signed)
  WATCH_URLS              who tells how they are, by comma: an edge's /v1/logs/health, Fluent Bit's /api/v1/metrics, or any
                          that answers 2xx while all is well; where it is not, for a minute, that is an alert (empty)
  REDIS_URL               redis://[user:password@]host[:port][/database]: request logs of users (in the database)
  TRUSTED_PROXIES         how many hops of X-Forwarded-For to believe, from the right (0)
  LOG_RATE_BURST          requests that one address may send at once (20)
  LOG_RATE_PER_SECOND     requests that one address may send each second after that (5)
  DATABASE_URL            sqlite:///absolute/path/to/file.db, or postgresql://user:password@host:port/database
                          (mayday.db in the data folder)
  CLICKHOUSE_URL          http://user:password@host:8123/database: events and errors stand there (in DATABASE_URL); not
                          taken where MAYDAY_SINK names clickhouse: it is the edge's sink then
  RETENTION_DAYS          days that events are kept, then dropped a whole day at a time (30)
  RETENTION_BYTES         what events may take on the disk before the oldest days go; 0: no bound (10000000000)

exit status: 0 stopped as asked, 1 a failure while running, 2 a wrong setting, 3 the port is taken
)";
}

}  // namespace mayday::origin
