#include "mayday/ingest/policy.h"

#include <algorithm>

#include "mayday/base/integer.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/utf8.h"
#include "mayday/event/schema.h"

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
  const std::optional<std::uint64_t> value = parse_integer(*text);
  if (!value || *value < minimum || *value > maximum) {
    Buffer problem;
    problem.append(name);
    problem.append(" must be a whole number from ");
    json::append_integer(problem, minimum);
    problem.append(" to ");
    json::append_integer(problem, maximum);
    return ConfigProblem(problem.view());
  }
  out = static_cast<std::uint32_t>(*value);
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

/// Calls `take(entry)` for each entry between `separators` that is not empty; stops where it answers false.
template <typename Take>
bool for_entries(std::string_view list, const char* separators, Take take) {
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(separators);
    const std::string_view entry = list.substr(0, end);
    if (!entry.empty() && !take(entry)) return false;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return true;
}

ConfigProblem read_origins(const ValueOf& value_of, Policy& policy) {
  const auto take = [&](std::string_view entry) {
    if (is_origin(entry)) policy.origins.push_back(lowered(entry));
    return is_origin(entry);
  };
  if (for_entries(value_of("EXTRA_CORS_ORIGINS").value_or(""), ", ", take)) return {};
  return "EXTRA_CORS_ORIGINS must list origins such as https://app.example.com or https://*.example.com, separated by "
         "commas";
}

/// RFC 7518, section 3.2: a key as long as the hash, or an attacker guesses it from one token.
ConfigProblem read_diagnostic_secret(const ValueOf& value_of, Policy& policy) {
  constexpr std::size_t secret_bytes_min = 32;
  policy.diagnostic_secret = value_of("LOG_DIAGNOSTIC_SECRET").value_or("");
  if (policy.diagnostic_secret.empty() || policy.diagnostic_secret.size() >= secret_bytes_min) return {};
  return "LOG_DIAGNOSTIC_SECRET must have at least 32 characters";
}

ConfigProblem read_client_address(const ValueOf& value_of, Policy& policy) {
  const std::string_view value = value_of("LOG_CLIENT_ADDRESS").value_or("");
  policy.keeps_client_address = value == "truncated";
  if (value.empty() || value == "off" || value == "truncated") return {};
  return "LOG_CLIENT_ADDRESS must be off or truncated";
}

bool is_data_key(std::string_view key) {
  constexpr std::size_t key_bytes_max = 64;
  for (char c : key) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alnum && c != '_' && c != '.' && c != '-') return false;
  }
  return key.size() <= key_bytes_max;
}

ConfigProblem read_data_keys(const ValueOf& value_of, Policy& policy) {
  std::string secret;
  std::vector<std::string>& keys = policy.data_keys;
  const auto take = [&](std::string_view key) {
    if (schema::is_secret_name(key)) return secret = key, false;
    const bool known = schema::data.find(key) != nullptr || std::find(keys.begin(), keys.end(), key) != keys.end();
    if (!known) keys.emplace_back(key);
    return is_data_key(key) && keys.size() <= added_data_keys_max;
  };
  if (for_entries(value_of("LOG_DATA_KEYS").value_or(""), ", ", take)) return {};
  if (!secret.empty()) return "LOG_DATA_KEYS must not name a secret: what " + secret + " holds is never kept";
  return "LOG_DATA_KEYS must list at most 32 names of letters, digits, '_', '.' and '-', separated by commas";
}

ConfigProblem read_action(const ValueOf& value_of, const char* name, FilterAction& action) {
  const std::optional<std::string_view> value = value_of_set(value_of, name);
  if (!value) return {};
  if (*value != "off" && *value != "count" && *value != "drop")
    return std::string(name) + " must be off, count or drop";
  action = *value == "off" ? FilterAction::off : *value == "count" ? FilterAction::count : FilterAction::drop;
  return {};
}

/// A pattern is kept as it is compared: in lower case, escaped like the line's own text.
ConfigProblem read_patterns(const ValueOf& value_of, InboundFilters& filters) {
  const auto take = [&](std::string_view pattern) {
    while (pattern.starts_with(' ')) pattern.remove_prefix(1);
    if (!utf8::is_well_formed(pattern)) return false;
    Buffer escaped;
    json::append_escaped(escaped, lowered(pattern));
    filters.patterns.emplace_back(escaped.view());
    return pattern.size() <= filter_pattern_bytes_max && filters.patterns.size() <= filter_patterns_max;
  };
  if (for_entries(value_of("LOG_FILTER_PATTERNS").value_or(""), ";", take)) return {};
  return "LOG_FILTER_PATTERNS must list at most 32 patterns of at most 128 bytes, separated by semicolons";
}

ConfigProblem read_filters(const ValueOf& value_of, InboundFilters& filters) {
  constexpr const char* names[] = {"LOG_FILTER_EXTENSIONS", "LOG_FILTER_CRAWLERS", "LOG_FILTER_LOCALHOST",
                                   "LOG_FILTER_NOISE", "LOG_FILTER_PATTERNS_ACTION"};
  static_assert(std::size(names) == filter_kinds);
  for (std::size_t i = 0; i < filter_kinds; ++i) {
    if (ConfigProblem problem = read_action(value_of, names[i], filters.actions[i]); !problem.empty()) return problem;
  }
  return read_patterns(value_of, filters);
}

ConfigProblem read_limits(const ValueOf& value_of, Policy& policy) {
  ConfigProblem problem = read_integer(value_of, "TRUSTED_PROXIES", 0, 16, policy.trusted_proxies);
  if (problem.empty()) problem = read_integer(value_of, "LOG_RATE_BURST", 1, 1'000'000, policy.rate.burst);
  if (problem.empty()) problem = read_integer(value_of, "LOG_RATE_PER_SECOND", 1, 1'000'000, policy.rate.per_second);
  return problem;
}

}  // namespace

[[gnu::noinline]] ConfigProblem read_policy(const ValueOf& value_of, Policy& policy) {
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
  ConfigProblem problem = read_origins(value_of, policy);
  if (problem.empty()) problem = read_diagnostic_secret(value_of, policy);
  if (problem.empty()) problem = read_client_address(value_of, policy);
  if (problem.empty()) problem = read_data_keys(value_of, policy);
  if (problem.empty()) problem = read_filters(value_of, policy.filters);
  if (problem.empty()) problem = read_limits(value_of, policy);
  return problem;
}

}  // namespace mayday
