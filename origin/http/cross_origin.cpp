#include "origin/http/cross_origin.h"

#include "mayday/ingest/cors.h"

namespace mayday::origin::http {
namespace {

OriginVerdict verdict_of(const Request& request, const Policy& policy) {
  return judge_origin(request.header("origin"), request.header("host"), policy.origins);
}

}  // namespace

std::optional<Response> judge_cross_origin(const Request& request, const Policy& policy) {
  const OriginVerdict verdict = verdict_of(request, policy);
  if (verdict == OriginVerdict::refused) return error_response(request, 403, to_string(Code::origin_not_allowed));
  if (request.method != "OPTIONS") return std::nullopt;
  Response response;
  response.status = 204;
  response.headers.emplace_back("access-control-allow-methods", "GET, POST, DELETE, OPTIONS");
  response.headers.emplace_back("access-control-allow-headers",
                                "authorization, content-type, x-request-id, traceparent");
  response.headers.emplace_back("access-control-max-age", "86400");
  return response;
}

void add_cross_origin_headers(Response& response, const Request& request, const Policy& policy) {
  response.headers.emplace_back("vary", "origin");
  const OriginVerdict verdict = verdict_of(request, policy);
  if (verdict != OriginVerdict::listed && verdict != OriginVerdict::same_origin) return;
  response.headers.emplace_back("access-control-allow-origin", request.header("origin"));
  response.headers.emplace_back("access-control-allow-credentials", "true");
  response.headers.emplace_back("access-control-expose-headers", "retry-after, x-request-id, x-trace-id");
}

}  // namespace mayday::origin::http
