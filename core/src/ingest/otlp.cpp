#include "mayday/ingest/otlp.h"

#include <array>

#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/sha256.h"
#include "mayday/ingest/user_agent.h"

namespace mayday {
namespace {

using json::Kind;

/// Nanoseconds since 1970, in digits; 0 is "not known" (logs.proto). Milliseconds are the digits without the last six.
std::int64_t ms_of(std::string_view nanoseconds) {
  constexpr std::size_t digits_max = 20;
  std::int64_t ms = 0;
  if (nanoseconds.size() > digits_max) return 0;
  for (std::size_t i = 0; i < nanoseconds.size(); ++i) {
    if (nanoseconds[i] < '0' || nanoseconds[i] > '9') return 0;
    if (i + 6 < nanoseconds.size()) ms = ms * 10 + (nanoseconds[i] - '0');
  }
  return ms;
}

/// logs.proto: 1 to 8 are TRACE and DEBUG, then four each of INFO, WARN, ERROR and FATAL; 0 is "not known". JSON.
std::string_view level_of(std::int64_t severity) {
  if (severity < 1 || severity > 24) return {};
  return severity <= 8 ? "\"debug\"" : severity <= 12 ? "\"info\"" : severity <= 16 ? "\"warn\"" : "\"error\"";
}

std::string_view level_of(std::string_view severity) {
  constexpr std::string_view words = "err\nfatal\ncrit\nemerg\nalert\nwarn\ninfo\nnotice\ndebug\ntrace\nverbose\n";
  constexpr std::array<std::uint8_t, 11> severities{17, 17, 17, 17, 17, 13, 9, 9, 1, 1, 1};
  std::size_t index = 0;
  for (std::string_view rest = words; !rest.empty(); ++index) {
    const std::string_view word = take_entry(rest);
    bool fits = severity.size() >= word.size();
    for (std::size_t i = 0; fits && i < word.size(); ++i) fits = (severity[i] | 0x20) == word[i];
    if (fits) return level_of(severities[index]);
  }
  return {};
}

std::string_view unquoted(std::string_view json) { return json.empty() ? json : json.substr(1, json.size() - 2); }

bool is_status(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return text.size() == 3 && text[0] != '0';
}

/// What an event is made of, in its order: a member's name and where its value is looked for, first things first. Without
/// attributes an object begins, which is left out where it stays empty, or where it ends.
struct Member {
  const char* name;
  std::array<Attribute, 4> attributes;
};
constexpr Attribute none = Attribute::other;
constexpr Member open(const char* name) { return {name, {none, none, none, none}}; }
constexpr Member one(const char* name, Attribute first, Attribute second = none, Attribute third = none,
                     Attribute fourth = none) {
  return {name, {first, second, third, fourth}};
}
constexpr Member close{nullptr, {}};
constexpr Member event_members[] = {
    one("timestamp", Attribute::time),
    one("level", Attribute::level),
    one("service", Attribute::service_name),
    one("environment", Attribute::environment_name, Attribute::environment),
    one("release", Attribute::service_version),
    one("message", Attribute::body, Attribute::exception_message, Attribute::exception_type, Attribute::event_name),
    one("trace_id", Attribute::trace_id),
    one("session_id", Attribute::session_id),
    one("user_id", Attribute::user_hash),
    one("component", Attribute::scope_name),
    one("route", Attribute::url_path, Attribute::http_route),
    open("device"),
    one("browser", Attribute::agent_name),
    one("browser_version", Attribute::agent_version),
    one("os", Attribute::os_name, Attribute::browser_platform),
    one("mobile", Attribute::is_mobile),
    one("language", Attribute::browser_language),
    close,
    open("error"),
    one("type", Attribute::exception_type),
    one("message", Attribute::exception_message),
    one("stack", Attribute::exception_stacktrace),
    close,
    // Without a method and a status a host and a route are no request.
    open("http"),
    one("method", Attribute::http_method),
    one("status", Attribute::status),
    one("host", Attribute::server_address),
    one("route", Attribute::http_route),
    close,
};

}  // namespace

[[gnu::noinline]] bool OtlpReader::read(json::Reader& reader, const Defaults& defaults, const Take& take) {
  bool seen = false, shaped = true;
  for (json::Members members(reader, "resourceLogs\n"); members.next();) {
    shaped = shaped && !seen && reader.kind() == Kind::array;
    seen = true;
    if (!shaped) {
      reader.skip();
      continue;
    }
    for (bool more = reader.first_element(); more; more = reader.next_element())
      resource_logs(json::take_raw(reader), defaults, take);
  }
  return shaped && seen;
}

void OtlpReader::resource_logs(std::string_view text, const Defaults& defaults, const Take& take) {
  resource_.read_of(json::raw_member(text, "resource"));
  json::Reader scopes(json::raw_member(text, "scopeLogs"));
  for (bool more = json::open_list(scopes); more; more = scopes.next_element())
    scope_logs(json::take_raw(scopes), defaults, take);
}

void OtlpReader::scope_logs(std::string_view text, const Defaults& defaults, const Take& take) {
  const std::string_view scope = json::raw_member(text, "scope");
  scope_.read_of(scope);
  json::Reader name(json::raw_member(scope, "name"));
  if (name.kind() == Kind::string) scope_.set(Attribute::scope_name, name.string().bytes);
  json::Reader records(json::raw_member(text, "logRecords"));
  for (bool more = json::open_list(records); more; more = records.next_element()) {
    read_record(records, defaults);
    write_event();
    take(event_.view());
  }
}

void OtlpReader::read_record(json::Reader& reader, const Defaults& defaults) {
  record_.clear();
  fallback_.clear();
  body_.clear();
  std::int64_t ms = 0, observed_ms = 0;
  std::string_view by_number, by_text;
  constexpr std::string_view names =
      "timeUnixNano\nobservedTimeUnixNano\nseverityNumber\nseverityText\ntraceId\nspanId\neventName\nattributes\nbody"
      "\n";
  for (json::Members members(reader, names); members.next();) {
    if (members.index() == 7) {
      record_.read(reader);
    } else if (members.index() == 8) {
      if (body_.empty())
        append_any_value(reader, string_bytes_kept, body_);
      else
        reader.skip();
    } else {
      const bool is_number = reader.kind() == Kind::number;
      const std::string_view value = json::take_scalar(reader);
      switch (members.index()) {
        case 0: ms = ms_of(value); break;
        case 1: observed_ms = ms_of(value); break;
        case 2:
          if (is_number) by_number = level_of(json::Number{value}.integer().value_or(0));
          break;
        case 3: by_text = level_of(value); break;
        case 4: record_.set(Attribute::trace_id, value); break;
        case 5: record_.add_tag("span_id", value); break;
        default: record_.set(Attribute::event_name, value);
      }
    }
  }
  record_.set(Attribute::body, body_.view());
  char time[timestamp_chars];
  format_timestamp(ms != 0 ? Timestamp{ms} : observed_ms != 0 ? Timestamp{observed_ms} : defaults.now, time);
  fallback_.set(Attribute::time, {time, timestamp_chars});
  const bool failed = !value_of(Attribute::exception_type).empty() || !value_of(Attribute::exception_message).empty();
  fallback_.put(Attribute::level, !by_number.empty() ? by_number
                                  : !by_text.empty() ? by_text
                                                     : level_of(failed ? 17 : 9));
  fall_back(defaults);
}

std::string_view OtlpReader::value_of(Attribute attribute) const {
  for (const Attributes* attributes : {&record_, &scope_, &resource_, &fallback_}) {
    if (const std::string_view value = attributes->value_of(attribute); !value.empty()) return value;
  }
  return {};
}

std::string_view OtlpReader::first_of(std::span<const Attribute> attributes) const {
  for (Attribute attribute : attributes) {
    if (attribute == none) break;
    if (const std::string_view value = value_of(attribute); !value.empty()) return value;
  }
  return {};
}

/// What an event has though nobody says it, and what is spelled otherwise.
void OtlpReader::fall_back(const Defaults& defaults) {
  describe_agent();
  // What OpenTelemetry's SDKs say themselves where nobody has said anything.
  fallback_.put(Attribute::service_name, "\"unknown_service\"");
  fallback_.set(Attribute::environment, defaults.environment);
  fallback_.put(Attribute::service_version, "\"\"");
  if (const std::string_view status = unquoted(value_of(Attribute::http_status)); is_status(status))
    fallback_.put(Attribute::status, status);
  const std::string_view user = unquoted(value_of(Attribute::user_id));
  if (user.empty()) return;
  // A user's id is kept as its SHA-256, as the browser's client does: here it may be a name or an address.
  bool is_hashed = user.size() == 64;
  for (char c : user) is_hashed = is_hashed && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  std::array<char, 64> hex;
  format_digest(sha256(user), hex.data());
  fallback_.set(Attribute::user_hash, is_hashed ? user : std::string_view(hex.data(), hex.size()));
}

void OtlpReader::describe_agent() {
  const UserAgent agent = parse_user_agent(unquoted(value_of(Attribute::user_agent)));
  // A version without its browser would speak of another.
  if (value_of(Attribute::agent_name).empty()) {
    fallback_.set(Attribute::agent_name, agent.browser);
    fallback_.set(Attribute::agent_version, agent.version);
  }
  fallback_.set(Attribute::browser_platform, agent.os);
  const std::string_view mobile = unquoted(value_of(Attribute::browser_mobile));
  if (mobile == "true" || (mobile != "false" && agent.mobile && !agent.os.empty()))
    fallback_.put(Attribute::is_mobile, "true");
  else if (mobile == "false" || !agent.os.empty())
    fallback_.put(Attribute::is_mobile, "false");
}

void OtlpReader::write_event() {
  const bool is_request = !value_of(Attribute::http_method).empty() || !value_of(Attribute::http_status).empty();
  event_.clear();
  event_.append('{');
  std::size_t start = 0;
  const auto begin = [this](std::string_view name) {
    if (!event_.view().ends_with('{')) event_.append(',');
    json::append_string(event_, name);
    event_.append(':');
  };
  for (const Member& member : event_members) {
    if (member.name == nullptr) {
      const bool is_kept = !event_.view().ends_with('{') && (is_request || &member != std::end(event_members) - 1);
      if (is_kept)
        event_.append('}');
      else
        event_.truncate(start);
    } else if (member.attributes[0] == none) {
      start = event_.size();
      begin(member.name);
      event_.append('{');
    } else if (const std::string_view value = first_of(member.attributes); !value.empty()) {
      begin(member.name);
      event_.append(value);
    }
  }
  // The record's own before the scope's and the resource's; the first of a name counts.
  if (const std::string_view name = value_of(Attribute::event_name); !name.empty())
    record_.add_json_tag("\"event.name\"", name);
  record_.add_tags_of(scope_);
  record_.add_tags_of(resource_);
  record_.write_tags(event_);
  if (record_.is_stack_cut()) event_.append(R"(,"_meta":{"error.stack":"dropped:limit"})");
  event_.append('}');
}

}  // namespace mayday
