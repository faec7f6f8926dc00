#include "context.h"
#include "mayday/base/json_writer.h"

namespace mayday {

int status_of(Code code) {
  switch (code) {
    case Code::none: return 200;
    case Code::invalid_json:
    case Code::invalid_payload:
    case Code::level_not_allowed:
    case Code::filtered: return 400;
    case Code::missing_signature:
    case Code::bad_signature:
    case Code::unauthorized: return 401;
    case Code::origin_not_allowed: return 403;
    case Code::not_found: return 404;
    case Code::method_not_allowed: return 405;
    case Code::payload_too_large: return 413;
    case Code::unsupported_media_type: return 415;
    case Code::rate_limited: return 429;
    case Code::origin_unavailable:
    case Code::origin_refused:
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
  if (!body_.empty()) append_header(headers_, "content-type", context.content_type);
  append_header(headers_, "x-request-id", context.request_id);
  append_header(headers_, "x-trace-id", context.trace_id);
  headers_.append("cache-control: no-store\nx-content-type-options: nosniff\n");
  append_cors_headers(headers_, context.request.origin, context.origin_verdict, context.preflight, context.methods);
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

Answer Ingest::accept(Context& context) {
  json::ObjectWriter body(body_);
  const std::size_t rejected = tally_.events - tally_.accepted;
  if (tally_.is_otlp && rejected > 0) {
    // ExportLogsServiceResponse: left out where all is well, and 64-bit numbers are strings (protobuf's JSON mapping).
    json::ObjectWriter partial(body.member("partialSuccess"));
    Buffer& count = partial.member("rejectedLogRecords");
    count.append('"');
    json::append_integer(count, static_cast<std::int64_t>(rejected));
    count.append('"');
    partial.string("errorMessage", "some log records were refused; see rejected");
    partial.close();
  }
  body.integer("accepted", tally_.accepted);
  Buffer& list = body.member("rejected");
  list.append('[');
  list.append(rejected_.view());
  list.append(']');
  body.string("request_id", context.request_id);
  body.close();
  Answer answer = finish(200, context);
  answer.lines = lines_.view();
  answer.events = tally_.accepted;
  return answer;
}

Answer Ingest::page(Page page, Context& context) {
  errand_ = {.page = page, .figures = Figures::of(counters_, context.request), .version = policy_.version};
  if (context.request.prepared)
    body_.append(context.request.body);
  else if (on_demand_)
    body_.append(on_demand_->prepare(errand_).text);
  else
    return {.status = 0};
  if (page == Page::metrics) context.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return finish(errand_.figures.stalled ? 503 : 200, context);
}

}  // namespace mayday
