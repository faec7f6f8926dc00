#include "mayday/ingest/policy.h"

#include <charconv>

namespace mayday {
namespace {

using ValueOf = std::function<std::optional<std::string_view>(std::string_view)>;

std::optional<std::string_view> value_of_set(const ValueOf& value_of, std::string_view name) {
  const std::optional<std::string_view> value = value_of(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return result;
}

/// Reads an integer within [minimum, maximum] into `out`, which keeps its default where the variable is not set.
ConfigProblem read_integer(const ValueOf& value_of, const char* name, std::uint32_t minimum, std::uint32_t maximum,
                           std::uint32_t& out) {
  const std::optional<std::string_view> text = value_of_set(value_of, name);
  if (!text) return {};
  std::uint32_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stopped != end || value < minimum || value > maximum) {
    return std::string(name) + " must be a whole number from " + std::to_string(minimum) + " to " +
           std::to_string(maximum);
  }
  out = value;
  return {};
}

/// `scheme://host[:port]`, the host possibly `*.` and a name; or the word null, which sandboxed pages send.
bool is_origin(std::string_view origin) {
  if (origin == "null") return true;
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  std::string_view host = origin.substr(scheme + 3);
  if (host.starts_with("*.")) host.remove_prefix(2);
  return !host.empty() && host.find_first_of("/*?#@ ") == std::string_view::npos;
}

ConfigProblem read_origins(std::string_view list, std::vector<std::string>& out) {
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(", ");
    const std::string_view entry = list.substr(0, end);
    if (!entry.empty()) {
      if (!is_origin(entry)) {
        return "EXTRA_CORS_ORIGINS must list origins such as https://app.example.com or https://*.example.com, "
               "separated by commas";
      }
      out.push_back(lowered(entry));
    }
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return {};
}

}  // namespace

ConfigProblem read_policy(const ValueOf& value_of, Policy& policy) {
  if (const auto environment = value_of_set(value_of, "ENVIRONMENT")) policy.environment = *environment;
  policy.is_prod = lowered(policy.environment) == "prod" || lowered(policy.environment) == "production";
  if (const auto release = value_of_set(value_of, "RELEASE")) policy.release = *release;
  if (const auto secret = value_of_set(value_of, "LOG_INGEST_HMAC_SECRET")) policy.hmac_secret = *secret;
  if (const auto text = value_of_set(value_of, "LOG_LEVEL")) {
    const std::optional<Level> level = parse_level(lowered(*text));
    if (!level) return "LOG_LEVEL must be one of error, warn, info, debug";
    policy.level_floor = *level;
  }
  if (policy.is_prod && policy.level_floor < Level::warn) policy.level_floor = Level::warn;
  if (const auto list = value_of_set(value_of, "EXTRA_CORS_ORIGINS")) {
    if (ConfigProblem problem = read_origins(*list, policy.origins); !problem.empty()) return problem;
  }
  ConfigProblem problem = read_integer(value_of, "TRUSTED_PROXIES", 0, 16, policy.trusted_proxies);
  if (problem.empty()) problem = read_integer(value_of, "LOG_RATE_BURST", 1, 1'000'000, policy.rate.burst);
  if (problem.empty()) problem = read_integer(value_of, "LOG_RATE_PER_SECOND", 1, 1'000'000, policy.rate.per_second);
  return problem;
}

}  // namespace mayday
