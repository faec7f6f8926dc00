#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/ingest/policy.h"

namespace mayday::origin {

/// The secrets that work on a laptop and nowhere else: `ENVIRONMENT=prod` and any address but loopback refuse them.
inline constexpr std::string_view default_access_secret = "dev-access-secret-for-loopback-only";
inline constexpr std::string_view default_refresh_secret = "dev-refresh-secret-for-loopback-only";

/// The token that works on a laptop and nowhere else: `ENVIRONMENT=prod` refuses it.
inline constexpr std::string_view default_origin_token = "dev-origin-token";

struct Config {
  std::string host = "127.0.0.1";  ///< An IP address.
  std::uint16_t port = 8787;       ///< 0: any free one.
  std::string data_dir = ".mayday";
  std::string database_path;  ///< From DATABASE_URL, else `mayday.db` in `data_dir`.
  std::string origin_token{default_origin_token};
  std::string service_token;                           ///< SERVICE_TOKEN, else the same as `origin_token`.
  std::string access_secret{default_access_secret};    ///< JWT_ACCESS_SECRET.
  std::string refresh_secret{default_refresh_secret};  ///< JWT_REFRESH_SECRET.
  std::string alert_webhook_url;                   ///< ALERT_WEBHOOK_URL; empty: alerts stand on the dashboard alone.
  std::string alert_webhook_secret;                ///< ALERT_WEBHOOK_SECRET signs what is sent there.
  std::vector<std::string> watch_urls;             ///< WATCH_URLS: addresses that tell how somebody is.
  std::string redis_url;                           ///< REDIS_URL; empty: request logs stay in the desk's database.
  std::string postgres_url;                        ///< From DATABASE_URL; empty: SQLite, at `database_path`.
  std::string clickhouse_url;                      ///< CLICKHOUSE_URL; empty: events stand where accounts do.
  bool clickhouse_is_sink = false;                 ///< CLICKHOUSE_URL is the edge's: MAYDAY_SINK says so.
  std::int64_t retention_days = 30;                ///< RETENTION_DAYS.
  std::uint64_t retention_bytes = 10'000'000'000;  ///< RETENTION_BYTES; 0: as many as there are.
  Policy policy;                                   ///< What the linked-in edge is told.
  bool help = false;                               ///< `--help` was asked for; nothing else is filled.
};

/// Reads the command line (without the program's name) and the environment through `value_of`, where an empty value counts
/// as not set. The command line wins. On a problem, `config` is half filled and not to be used.
ConfigProblem read_config(std::span<const std::string_view> arguments,
                          const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                          Config& config);

/// What `--help` prints: every flag and variable with its default.
std::string_view help_text();

}  // namespace mayday::origin
