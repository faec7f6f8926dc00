#include "mayday/ingest/policy.h"

#include "mayday/base/ascii.h"
#include "mayday/base/buffer.h"
#include "mayday/base/entries.h"
#include "mayday/base/integer.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/utf8.h"
#include "mayday/event/schema.h"

namespace mayday {
namespace {

using ValueOf = std::function<std::optional<std::string_view>(std::string_view)>;

using ascii::lower;

[[gnu::noinline]] bool is(std::string_view text, std::string_view word) { return text == word; }

/// `scheme://host[:port]`, the host possibly `*.` and a name; or the word null, which sandboxed pages send.
bool is_origin(std::string_view origin) {
  if (is(origin, "null")) return true;
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  std::string_view host = origin.substr(scheme + 3);
  if (host.starts_with("*.")) host.remove_prefix(2);
  for (char c : host) {
    if (static_cast<std::uint8_t>(c) <= ' ' || c == '/' || c == '*' || c == '?' || c == '#' || c == '@') return false;
  }
  return !host.empty();
}

bool is_data_key(std::string_view key) {
  constexpr std::size_t key_bytes_max = 64;
  for (char c : key) {
    const bool alnum = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    if (!alnum && c != '_' && c != '.' && c != '-') return false;
  }
  return key.size() <= key_bytes_max;
}

class PolicyReader {
 public:
  PolicyReader(const ValueOf& value_of, Policy& policy) : value_of_(value_of), policy_(policy) {}

  ConfigProblem run() {
    texts();
    actions();
    numbers();
    list("EXTRA_CORS_ORIGINS", ", ", &PolicyReader::take_origin, policy_.origins);
    list("LOG_DATA_KEYS", ", ", &PolicyReader::take_data_key, policy_.data_keys);
    list("LOG_FILTER_PATTERNS", ";", &PolicyReader::take_pattern, policy_.filters.patterns);
    return ConfigProblem(problem_.view());
  }

 private:
  /// Empty where it is not set.
  [[gnu::noinline]] std::string_view value(std::string_view name) const {
    return value_of_(name).value_or(std::string_view());
  }

  /// The first problem is told.
  [[gnu::noinline]] void must(std::string_view name, std::string_view what) {
    if (!problem_.empty()) return;
    problem_.append(name);
    problem_.append(" must ");
    problem_.append(what);
  }

  std::string_view lowered(std::string_view text) {
    scratch_.clear();
    for (char c : text) scratch_.append(lower(c));
    return scratch_.view();
  }

  void texts() {
    struct Variable {
      const char* name;
      std::string Policy::* text;
    };
    static constexpr Variable variables[] = {{"ENVIRONMENT", &Policy::environment},
                                             {"RELEASE", &Policy::release},
                                             {"LOG_INGEST_HMAC_SECRET", &Policy::hmac_secret},
                                             {"LOG_DIAGNOSTIC_SECRET", &Policy::diagnostic_secret}};
    for (const Variable& variable : variables) {
      if (const std::string_view text = value(variable.name); !text.empty()) policy_.*variable.text = text;
    }
    const std::string_view environment = lowered(policy_.environment);
    policy_.is_prod = is(environment, "prod") || is(environment, "production");
    if (const std::string_view text = value("LOG_LEVEL"); !text.empty()) {
      const std::optional<Level> level = parse_level(lowered(text));
      if (!level) must("LOG_LEVEL", "be one of error, warn, info, debug");
      policy_.level_floor = level.value_or(Level::debug);
    }
    if (policy_.is_prod && policy_.level_floor < Level::warn) policy_.level_floor = Level::warn;
    // RFC 7518, section 3.2: a key as long as the hash, or an attacker guesses it from one token.
    constexpr std::size_t secret_bytes_min = 32;
    const std::size_t secret_bytes = policy_.diagnostic_secret.size();
    if (secret_bytes > 0 && secret_bytes < secret_bytes_min)
      must("LOG_DIAGNOSTIC_SECRET", "have at least 32 characters");
  }

  /// Which of some words a variable's value is; the default where it is not set.
  [[gnu::noinline]] std::size_t choice(std::string_view name, std::size_t otherwise, std::string_view words,
                                       std::string_view problem) {
    const std::string_view text = value(name);
    const std::size_t index = text.empty() ? otherwise : entry_index(words, text);
    if (index == no_entry) must(name, problem);
    return index;
  }

  void actions() {
    policy_.keeps_client_address = choice("LOG_CLIENT_ADDRESS", 0, "off\ntruncated\n", "be off or truncated") == 1;
    static constexpr const char* names[] = {"LOG_FILTER_EXTENSIONS", "LOG_FILTER_CRAWLERS", "LOG_FILTER_LOCALHOST",
                                            "LOG_FILTER_NOISE", "LOG_FILTER_PATTERNS_ACTION"};
    static_assert(std::size(names) == filter_kinds);
    for (std::size_t i = 0; i < filter_kinds; ++i) {
      FilterAction& action = policy_.filters.actions[i];
      action = static_cast<FilterAction>(
          choice(names[i], static_cast<std::size_t>(action), "off\ncount\ndrop\n", "be off, count or drop"));
    }
  }

  [[gnu::noinline]] void number(const char* name, std::uint32_t minimum, std::uint32_t maximum, const char* problem,
                                std::uint32_t& out) {
    const std::string_view text = value(name);
    if (text.empty()) return;
    const std::uint64_t value = parse_integer(text).value_or(UINT64_MAX);
    if (value < minimum || value > maximum) return must(name, problem);
    out = static_cast<std::uint32_t>(value);
  }

  void numbers() {
    constexpr const char* rate = "be a whole number from 1 to 1000000";
    number("TRUSTED_PROXIES", 0, 16, "be a whole number from 0 to 16", policy_.trusted_proxies);
    number("LOG_RATE_BURST", 1, 1'000'000, rate, policy_.rate.burst);
    number("LOG_RATE_PER_SECOND", 1, 1'000'000, rate, policy_.rate.per_second);
  }

  /// Gives each entry of a variable to `take`, until a problem is found.
  [[gnu::noinline]] void list(std::string_view name, std::string_view separators,
                              void (PolicyReader::*take)(std::string_view), std::string& entries) {
    const std::string_view text = value(name);
    count_ = 0;
    list_.clear();
    for (std::size_t begin = 0, end = 0; begin < text.size() && problem_.empty(); begin = end + 1) {
      for (end = begin; end < text.size() && text[end] != separators.front() && text[end] != separators.back();) ++end;
      if (end > begin) (this->*take)(text.substr(begin, end - begin));
    }
    entries = list_.view();
  }

  void keep(std::string_view entry) {
    ++count_;
    list_.append(entry);
    list_.append('\n');
  }

  void take_origin(std::string_view origin) {
    if (is_origin(origin)) return keep(lowered(origin));
    must("EXTRA_CORS_ORIGINS",
         "list origins such as https://app.example.com or https://*.example.com, separated by commas");
  }

  void take_data_key(std::string_view key) {
    if (schema::is_secret_name(key)) {
      must("LOG_DATA_KEYS", "not name a secret: what ");
      problem_.append(key);
      return problem_.append(" holds is never kept");
    }
    if (schema::data.find(key) == nullptr && entry_index(list_.view(), key) == no_entry) keep(key);
    if (!is_data_key(key) || count_ > added_data_keys_max)
      must("LOG_DATA_KEYS", "list at most 32 names of letters, digits, '_', '.' and '-', separated by commas");
  }

  /// A pattern is kept as it is compared: in lower case, escaped like the line's own text.
  void take_pattern(std::string_view pattern) {
    while (pattern.starts_with(' ')) pattern.remove_prefix(1);
    if (pattern.size() <= filter_pattern_bytes_max && count_ < filter_patterns_max && utf8::is_well_formed(pattern)) {
      Buffer escaped;
      json::append_escaped(escaped, lowered(pattern));
      return keep(escaped.view());
    }
    must("LOG_FILTER_PATTERNS", "list at most 32 patterns of at most 128 bytes, separated by semicolons");
  }

  const ValueOf& value_of_;
  Policy& policy_;
  Buffer problem_;
  Buffer scratch_;
  Buffer list_;
  std::size_t count_ = 0;
};

}  // namespace

ConfigProblem read_policy(const ValueOf& value_of, Policy& policy) { return PolicyReader(value_of, policy).run(); }

}  // namespace mayday
