#include "origin/http/public_limit.h"

#include "origin/clock.h"

namespace mayday::origin::http {

std::optional<Response> PublicLimit::refuse(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (addresses_.admit(request.caller_address, wall_clock_now())) return std::nullopt;
  Response response = error_response(request, 429, to_string(Code::rate_limited));
  response.headers.emplace_back("retry-after", std::to_string(addresses_.retry_after_s()));
  return response;
}

}  // namespace mayday::origin::http
