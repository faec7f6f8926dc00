#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/support/request_logs.h"

namespace mayday::origin {

/// Cleans one request as a backend or a page tells of it (SPEC section 5: timestamp, requestId, traceId, method, url, statusCode,
/// durationMs, level, error): the URL's path alone, texts redacted and cut, everything else dropped. Nothing where it is no
/// request: it needs `method`, `url` and `statusCode`. `now` stands in for a missing time.
std::optional<std::string> clean_trace(const nlohmann::json& request, Timestamp now);

/// What the origin writes of a request of its own.
struct OwnRequest {
  Timestamp at;
  std::string_view request_id;
  std::string_view trace_id;
  std::string_view method;
  std::string_view path;
  int status = 0;
  std::int64_t duration_ms = 0;
};
std::string trace_of(const OwnRequest& request);

}  // namespace mayday::origin
