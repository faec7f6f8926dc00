#pragma once

#include <array>
#include <string_view>

#include "mayday/base/uuid.h"
#include "mayday/ingest/admit.h"
#include "mayday/ingest/cors.h"

namespace mayday {

/// What is known of a request before its body is looked at.
struct Ingest::Context {
  std::string_view request_id;  ///< The caller's, or into `new_request_id`.
  std::string_view trace_id;    ///< The caller's, or into `new_trace_id`.
  OriginVerdict origin_verdict = OriginVerdict::none;
  std::string_view origin;
  bool preflight = false;
  std::string_view methods = "GET, POST, OPTIONS";  ///< What the path takes.
  std::array<char, uuid_chars> new_request_id;
  std::array<char, 32> new_trace_id;
};

/// How long a client waits when the origin is down and nothing more can be kept.
inline constexpr std::uint32_t unavailable_retry_s = 5;

/// The status that goes with a code (SPEC section 2).
int status_of(Code code);

/// The query's parameter `name`, not decoded; empty if it is not there.
std::string_view query_value(std::string_view target, std::string_view name);

/// The address that the rate limit counts by: the peer's, or, behind `trusted_proxies` of them, the one that the
/// outermost of these was called from (X-Forwarded-For, counted from the right).
std::string_view client_address_of(const Request& request, std::uint32_t trusted_proxies);

}  // namespace mayday
