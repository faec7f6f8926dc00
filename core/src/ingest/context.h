#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "mayday/base/uuid.h"
#include "mayday/ingest/admit.h"
#include "mayday/ingest/cors.h"
#include "mayday/ingest/user_agent.h"

namespace mayday {

/// One request, and what is known of it besides its body. What only some requests need is found out when it is first asked.
struct Ingest::Context {
  explicit Context(const Request& asked) : request(asked) {}

  const Request& request;
  std::string_view request_id;  ///< The caller's, or into `new_request_id`.
  std::string_view trace_id;    ///< The caller's, or into `new_trace_id`.
  std::string_view address;     ///< The client's, behind the proxies that are trusted.
  std::string_view signature;   ///< Of the header, else of the query.
  OriginVerdict origin_verdict = OriginVerdict::none;
  bool preflight = false;
  std::string_view methods = "GET, POST, OPTIONS";  ///< What the path takes.
  std::string_view content_type = "application/json";
  std::array<char, uuid_chars> new_request_id;
  std::array<char, 32> new_trace_id;

  const UserAgent* agent = nullptr;  ///< Null until it is asked for.
  std::string_view diagnostic_session;  ///< Whose every event passes; empty where there is none.
};

/// How long a client waits when the origin is down and nothing more can be kept.
inline constexpr std::uint32_t unavailable_retry_s = 5;

/// The same where the platform's limiter says no: the shorter of the periods that Cloudflare's knows.
inline constexpr std::uint32_t shared_limit_retry_s = 10;

/// The status that goes with a code (SPEC section 2).
int status_of(Code code);

/// The query's parameter `name`, not decoded; empty if it is not there.
std::string_view query_value(std::string_view target, std::string_view name);

}  // namespace mayday
