#include "mayday/ingest/admit.h"

#include "context.h"
#include "mayday/base/sha256.h"
#include "mayday/ingest/trace_context.h"

namespace mayday {
namespace {

constexpr std::string_view logs_path = "/v1/logs";
constexpr std::string_view health_path = "/v1/logs/health";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// True for the media type `wanted`, in any case and with any parameters.
bool is_type(std::string_view content_type, std::string_view wanted) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  if (type.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const char lower = type[i] >= 'A' && type[i] <= 'Z' ? static_cast<char>(type[i] | 0x20) : type[i];
    if (lower != wanted[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view query_value(std::string_view target, std::string_view name) {
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name))
      return pair.substr(name.size() + 1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return {};
}

std::string_view client_address_of(const Request& request, std::uint32_t trusted_proxies) {
  std::string_view list = request.forwarded_for;
  std::string_view address = request.client_address;
  for (std::uint32_t hop = 0; hop < trusted_proxies && !list.empty(); ++hop) {
    const std::size_t comma = list.rfind(',');
    address = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  }
  return address;
}

Ingest::Ingest(Policy policy, std::array<std::uint64_t, 4> seed)
    : policy_(std::move(policy)), random_(seed), addresses_(policy_.rate, random_.next()) {}

Answer Ingest::admit(const Request& request) {
  headers_.clear();
  body_.clear();
  lines_.clear();
  rejected_.clear();
  tally_ = {};
  Context context;
  describe(request, context);
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  if (path == health_path) {
    context.methods = "GET, OPTIONS";
    if (request.method == "GET") return health(request, context);
  } else if (path == logs_path) {
    context.methods = "POST, OPTIONS";
    if (request.method == "POST") return logs(request, context);
  } else {
    return refuse(Code::not_found, context);
  }
  if (request.method != "OPTIONS") return refuse(Code::method_not_allowed, context);
  context.preflight = true;
  return finish(204, context);
}

void Ingest::describe(const Request& request, Context& context) {
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
  context.origin = request.origin;
  context.origin_verdict = judge_origin(request.origin, request.host, policy_.origins);
}

/// A request that is refused before its body is read counts as one event: nobody knows how many it held.
Answer Ingest::logs(const Request& request, const Context& context) {
  if (const Code code = check_request(request, context); code != Code::none) {
    ++counters_.received;
    ++counters_.rejected[static_cast<std::size_t>(code)];
    return refuse(code, context, code == Code::rate_limited ? addresses_.retry_after_s() : 0);
  }
  return read_body(request, context);
}

Code Ingest::check_request(const Request& request, const Context& context) {
  if (request.body.size() > body_bytes_max) return Code::payload_too_large;
  if (!is_type(request.content_type, "application/json") && !is_type(request.content_type, "text/plain")) {
    return Code::unsupported_media_type;
  }
  if (!request.content_encoding.empty() && !is_type(request.content_encoding, "identity")) {
    return Code::unsupported_media_type;
  }
  if (context.origin_verdict == OriginVerdict::refused) return Code::origin_not_allowed;
  if (!policy_.hmac_secret.empty()) {
    std::string_view signature = request.signature;
    if (signature.empty()) signature = query_value(request.target, "sig");
    if (signature.empty()) return Code::missing_signature;
    if (!equals_hex_constant_time(hmac_sha256(policy_.hmac_secret, request.body), signature))
      return Code::bad_signature;
  }
  const std::string_view address = client_address_of(request, policy_.trusted_proxies);
  return addresses_.admit(address, request.now) ? Code::none : Code::rate_limited;
}

void Ingest::take_back(std::uint32_t events) {
  counters_.accepted -= events;
  counters_.rejected[static_cast<std::size_t>(Code::origin_unavailable)] += events;
}

Answer Ingest::refuse_last(const Request& request) {
  Context context;
  describe(request, context);
  context.methods = "POST, OPTIONS";
  take_back(tally_.accepted);
  tally_ = {};
  rejected_.clear();
  lines_.clear();
  return refuse(Code::origin_unavailable, context, unavailable_retry_s);
}

}  // namespace mayday
