#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/sql/database.h"

namespace mayday::origin {

/// One answered request of a user's, as JSON that has been cleaned: at most `request_log_bytes_max`.
struct RequestTrace {
  std::string user_id;
  std::string body;
};

inline constexpr std::size_t request_logs_max = 100;         ///< Of one user; the oldest go first.
inline constexpr std::int64_t request_logs_ttl_s = 60 * 60;  ///< After the last one.
inline constexpr std::size_t request_log_bytes_max = 1'500;  ///< A full ring is 150 KB at the most (STORAGE: 62 KB).

/// What each user has asked the team's own backends for of late: evidence for a support ticket. Users never see one another's.
/// Every function may be called from any thread, and waits for the store.
class RequestLogs {
 public:
  virtual ~RequestLogs() = default;

  /// Puts the traces in front of their users' rings, in the order given: the last is the newest.
  virtual Result<void> push(std::span<const RequestTrace> traces, Timestamp now) = 0;

  /// The newest first, at most `limit`.
  virtual Result<std::vector<std::string>> list(std::string_view user_id, std::size_t limit, Timestamp now) = 0;

  virtual Result<void> clear(std::string_view user_id) = 0;

  virtual Result<void> check() = 0;
};

/// In the desk's database: nothing else to install.
std::unique_ptr<RequestLogs> make_sql_request_logs(sql::Database& database);

/// In Redis, as lists `support:logs:user:<id>`, by pipelines of one connection that is made anew when it is lost. `url` is
/// `redis://[user:password@]host[:port][/database]`; `bad_config` where it is something else. Redis need not be up yet.
Result<std::unique_ptr<RequestLogs>> make_redis_request_logs(const std::string& url);

}  // namespace mayday::origin
