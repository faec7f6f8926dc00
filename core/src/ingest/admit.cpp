#include "mayday/ingest/admit.h"

#include "context.h"
#include "mayday/base/entries.h"
#include "mayday/ingest/ip_address.h"
#include "mayday/ingest/trace_context.h"

namespace mayday {
namespace {

constexpr std::string_view logs_path = "/v1/logs";
constexpr std::string_view health_path = "/v1/logs/health";
constexpr std::string_view metrics_path = "/v1/logs/metrics";

}  // namespace

std::string_view query_value(std::string_view target, std::string_view name) {
  take_until(target, '?');
  while (!target.empty()) {
    std::string_view value = take_until(target, '&');
    if (take_until(value, '=') == name && !value.empty()) return value;
  }
  return {};
}

Ingest::Ingest(const Policy& policy, std::array<std::uint64_t, 4> seed, std::unique_ptr<OnDemand> on_demand)
    : policy_(policy), on_demand_(std::move(on_demand)), random_(seed), addresses_(policy_.rate, random_.next()) {
  sanitizer_.allow_data(policy_.data_keys);
}

[[gnu::noinline]] Answer Ingest::admit(const Request& request) {
  headers_.clear();
  body_.clear();
  lines_.clear();
  rejected_.clear();
  common_.clear();
  tally_ = {};
  report_ = {};
  Context context(request);
  describe(context);
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  if (path == logs_path) {
    context.methods = "POST, OPTIONS";
    if (request.method == "POST") return logs(context);
  } else if (path == health_path || path == metrics_path) {
    context.methods = "GET, OPTIONS";
    if (request.method == "GET") return page(path == metrics_path ? Page::metrics : Page::health, context);
  } else {
    return refuse(Code::not_found, context);
  }
  if (request.method != "OPTIONS") return refuse(Code::method_not_allowed, context);
  context.preflight = true;
  return finish(204, context);
}

void Ingest::describe(Context& context) {
  const Request& request = context.request;
  if (is_sane_request_id(request.request_id)) {
    context.request_id = request.request_id;
  } else {
    format_uuid(make_uuid(request.now, random_), context.new_request_id.data());
    context.request_id = {context.new_request_id.data(), context.new_request_id.size()};
  }
  if (const auto trace_id = trace_id_of(request.traceparent)) {
    context.trace_id = *trace_id;
  } else {
    format_hex(random_.next() | 1, context.new_trace_id.data());
    format_hex(random_.next(), context.new_trace_id.data() + 16);
    context.trace_id = {context.new_trace_id.data(), context.new_trace_id.size()};
  }
  context.address = client_address_of(request.client_address, request.forwarded_for, policy_.trusted_proxies);
  context.signature = request.signature.empty() ? query_value(request.target, "sig") : request.signature;
  context.origin_verdict = judge_origin(request.origin, request.host, policy_.origins);
}

Answer Ingest::logs(Context& context) {
  const Request& request = context.request;
  if (request.prepared) return read_body(context);
  std::optional<bool> is_signed = request.is_signed;
  if (!is_signed) {
    ++counters_.requests;
    if (const Code code = check_request(context); code != Code::none) return refuse_unread(code, context);
    if (!policy_.hmac_secret.empty()) {
      errand_ = {.signing_key = policy_.hmac_secret, .signature = context.signature, .body = request.body};
      if (!on_demand_) return {.status = 0};
      is_signed = on_demand_->prepare(errand_).code == Code::none;
    }
  }
  if (!is_signed.value_or(true)) return refuse_unread(Code::bad_signature, context);
  if (request.is_limited || !addresses_.admit(context.address, request.now))
    return refuse_unread(Code::rate_limited, context);
  return read_body(context);
}

/// A request that is refused before its body is read counts as one event: nobody knows how many it held.
Answer Ingest::refuse_unread(Code code, const Context& context) {
  ++counters_.received;
  ++counters_.rejected[static_cast<std::size_t>(code)];
  if (code != Code::rate_limited) return refuse(code, context);
  return refuse(code, context, context.request.is_limited ? shared_limit_retry_s : addresses_.retry_after_s());
}

Code Ingest::check_request(const Context& context) const {
  const Request& request = context.request;
  if (request.body.size() > body_bytes_max) return Code::payload_too_large;
  if (!is_type(request.content_type, "application/json") && !is_type(request.content_type, "text/plain")) {
    return Code::unsupported_media_type;
  }
  const std::string_view encoding = request.content_encoding;
  if (!encoding.empty() && !is_type(encoding, "identity") && !is_gzip(request.content_encoding))
    return Code::unsupported_media_type;
  if (context.origin_verdict == OriginVerdict::refused) return Code::origin_not_allowed;
  if (!policy_.hmac_secret.empty() && context.signature.empty()) return Code::missing_signature;
  return Code::none;
}

void Ingest::take_back(std::uint32_t events) {
  counters_.accepted -= events;
  counters_.rejected[static_cast<std::size_t>(Code::origin_unavailable)] += events;
}

[[gnu::noinline]] Answer Ingest::refuse_last(const Request& request) {
  Context context(request);
  describe(context);
  context.methods = "POST, OPTIONS";
  take_back(tally_.accepted);
  tally_ = {};
  rejected_.clear();
  lines_.clear();
  return refuse(Code::origin_unavailable, context, unavailable_retry_s);
}

}  // namespace mayday
