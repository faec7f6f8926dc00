#include "context.h"
#include "mayday/base/json_writer.h"

namespace mayday {

int status_of(Code code) {
  switch (code) {
    case Code::none: return 200;
    case Code::invalid_json:
    case Code::invalid_payload:
    case Code::level_not_allowed: return 400;
    case Code::missing_signature:
    case Code::bad_signature:
    case Code::unauthorized: return 401;
    case Code::origin_not_allowed:
    case Code::loopback_only: return 403;
    case Code::not_found: return 404;
    case Code::method_not_allowed: return 405;
    case Code::payload_too_large: return 413;
    case Code::unsupported_media_type: return 415;
    case Code::rate_limited: return 429;
    case Code::origin_unavailable:
    case Code::disk_full:
    case Code::storage_failed: return 503;
    case Code::internal_error:
    case Code::bad_config: return 500;
  }
  return 500;
}

namespace {

void append_header(Buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append('\n');
}

}  // namespace

Answer Ingest::finish(int status, const Context& context) {
  if (!body_.empty()) append_header(headers_, "content-type", "application/json");
  append_header(headers_, "x-request-id", context.request_id);
  append_header(headers_, "x-trace-id", context.trace_id);
  append_header(headers_, "cache-control", "no-store");
  append_header(headers_, "x-content-type-options", "nosniff");
  append_cors_headers(headers_, context.origin, context.origin_verdict, context.preflight, context.methods);
  return {.status = status, .headers = headers_.view(), .body = body_.view()};
}

Answer Ingest::refuse(Code code, const Context& context, std::uint32_t retry_after_s) {
  headers_.clear();
  body_.clear();
  json::ObjectWriter body(body_);
  body.string("detail", to_string(code));
  body.string("request_id", context.request_id);
  if (!rejected_.empty()) {
    body.member("accepted").append('0');
    Buffer& list = body.member("rejected");
    list.append('[');
    list.append(rejected_.view());
    list.append(']');
  }
  body.close();
  if (retry_after_s > 0) {
    headers_.append("retry-after: ");
    json::append_integer(headers_, retry_after_s);
    headers_.append('\n');
  }
  if (code == Code::method_not_allowed) append_header(headers_, "allow", context.methods);
  return finish(status_of(code), context);
}

Answer Ingest::health(const Request& request, const Context& context) {
  constexpr std::int64_t stalled_ms_max = 60'000;
  const bool stalled = request.pending > 0 && request.stalled_ms >= stalled_ms_max;
  json::ObjectWriter body(body_);
  body.string("status", stalled ? "stalled" : "ok");
  body.string("version", policy_.version);
  body.integer("received", static_cast<std::int64_t>(counters_.received));
  body.integer("accepted", static_cast<std::int64_t>(counters_.accepted));
  json::ObjectWriter rejected(body.member("rejected"));
  for (std::size_t i = 0; i < counters_.rejected.size(); ++i) {
    if (counters_.rejected[i] > 0) {
      rejected.integer(to_string(static_cast<Code>(i)), static_cast<std::int64_t>(counters_.rejected[i]));
    }
  }
  rejected.close();
  body.integer("unknown_fields", static_cast<std::int64_t>(counters_.unknown_fields));
  body.integer("forwarded", static_cast<std::int64_t>(request.forwarded));
  body.integer("pending", static_cast<std::int64_t>(request.pending));
  body.close();
  return finish(stalled ? 503 : 200, context);
}

}  // namespace mayday
