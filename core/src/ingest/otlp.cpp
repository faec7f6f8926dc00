#include "mayday/ingest/otlp.h"

#include <array>

#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/sha256.h"
#include "mayday/ingest/user_agent.h"

namespace mayday {
namespace {

using json::Kind;

/// The text of the reader's next value, checked and passed over, to be read on its own.
std::string_view take_raw(json::Reader& reader) {
  const std::size_t from = reader.offset();
  reader.skip();
  return reader.failed() ? std::string_view() : reader.raw(from, reader.offset());
}

/// Calls `read(reader)` before the value of `name` in the object `text`; a name that comes twice is read once.
template <typename Read>
void with_member(std::string_view text, std::string_view name, Read read) {
  json::Reader reader(text);
  if (reader.kind() != Kind::object) return;
  bool seen = false;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() == name && !seen)
      seen = true, read(reader);
    else
      reader.skip();
  }
}

/// Calls `each()` before each element of the reader's next value, if that is an array.
template <typename Each>
void for_elements(json::Reader& reader, Each each) {
  if (reader.kind() != Kind::array) return reader.skip();
  for (bool more = reader.first_element(); more; more = reader.next_element()) each();
}

/// Nanoseconds since 1970, in digits; 0 is "not known" (logs.proto). Milliseconds are the digits without the last six.
std::optional<Timestamp> time_of(std::string_view nanoseconds) {
  constexpr std::size_t digits_max = 20;
  std::int64_t ms = 0;
  if (nanoseconds.size() > digits_max) return std::nullopt;
  for (std::size_t i = 0; i < nanoseconds.size(); ++i) {
    if (nanoseconds[i] < '0' || nanoseconds[i] > '9') return std::nullopt;
    if (i + 6 < nanoseconds.size()) ms = ms * 10 + (nanoseconds[i] - '0');
  }
  if (ms == 0) return std::nullopt;
  return Timestamp{ms};
}

std::optional<Timestamp> read_time(json::Reader& reader) {
  if (reader.kind() == Kind::string) return time_of(reader.string().bytes);
  if (reader.kind() == Kind::number) return time_of(reader.number().spelling);
  reader.skip();
  return std::nullopt;
}

/// logs.proto: 1 to 8 are TRACE and DEBUG, then four each of INFO, WARN, ERROR and FATAL; 0 is "not known".
std::optional<Level> level_of(std::int64_t severity) {
  if (severity < 1 || severity > 24) return std::nullopt;
  return severity <= 8 ? Level::debug : severity <= 12 ? Level::info : severity <= 16 ? Level::warn : Level::error;
}

std::optional<Level> level_of(std::string_view severity) {
  struct Word {
    std::string_view beginning;
    Level level;
  };
  constexpr Word words[] = {{"err", Level::error},   {"fatal", Level::error},  {"crit", Level::error},
                            {"emerg", Level::error}, {"alert", Level::error},  {"warn", Level::warn},
                            {"info", Level::info},   {"notice", Level::info},  {"debug", Level::debug},
                            {"trace", Level::debug}, {"verbose", Level::debug}};
  for (const Word& word : words) {
    bool fits = severity.size() >= word.beginning.size();
    for (std::size_t i = 0; fits && i < word.beginning.size(); ++i) fits = (severity[i] | 0x20) == word.beginning[i];
    if (fits) return word.level;
  }
  return std::nullopt;
}

std::string_view unquoted(std::string_view json) { return json.empty() ? json : json.substr(1, json.size() - 2); }

bool is_status(std::string_view text) {
  return text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos && text[0] != '0';
}

}  // namespace

[[gnu::noinline]] bool OtlpReader::read(json::Reader& reader, const Defaults& defaults, const Take& take) {
  bool seen = false, shaped = true;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() != "resourceLogs") {
      reader.skip();
      continue;
    }
    shaped = shaped && !seen && reader.kind() == Kind::array;
    seen = true;
    if (shaped)
      for_elements(reader, [&] { resource_logs(take_raw(reader), defaults, take); });
    else
      reader.skip();
  }
  return shaped && seen;
}

void OtlpReader::resource_logs(std::string_view text, const Defaults& defaults, const Take& take) {
  resource_.clear();
  with_member(text, "resource", [this](json::Reader& reader) {
    with_member(take_raw(reader), "attributes", [this](json::Reader& inner) { resource_.read(inner); });
  });
  with_member(text, "scopeLogs", [&](json::Reader& reader) {
    for_elements(reader, [&] { scope_logs(take_raw(reader), defaults, take); });
  });
}

void OtlpReader::scope_logs(std::string_view text, const Defaults& defaults, const Take& take) {
  scope_.clear();
  with_member(text, "scope", [this](json::Reader& reader) {
    const std::string_view scope = take_raw(reader);
    with_member(scope, "attributes", [this](json::Reader& inner) { scope_.read(inner); });
    with_member(scope, "name", [this](json::Reader& inner) {
      if (inner.kind() != Kind::string) return inner.skip();
      scope_.set(Attribute::scope_name, inner.string().bytes);
    });
  });
  with_member(text, "logRecords", [&](json::Reader& reader) {
    for_elements(reader, [&] {
      record(reader, defaults);
      if (!reader.failed()) take(event_.view());
    });
  });
}

void OtlpReader::record(json::Reader& reader, const Defaults& defaults) {
  record_.clear();
  body_.clear();
  trace_id_.clear();
  Record found;
  if (reader.kind() == Kind::object)
    read_record(reader, found);
  else
    reader.skip();
  write_event(found, defaults);
}

void OtlpReader::read_record(json::Reader& reader, Record& record) {
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const std::string_view key = reader.key();
    const Kind kind = reader.kind();
    if (key == "timeUnixNano") {
      record.time = read_time(reader);
    } else if (key == "observedTimeUnixNano") {
      record.observed = read_time(reader);
    } else if (key == "severityNumber" && kind == Kind::number) {
      record.number = level_of(reader.number().integer().value_or(0));
    } else if (key == "severityText" && kind == Kind::string) {
      record.text = level_of(reader.string().bytes);
    } else if (key == "body" && body_.empty()) {
      append_any_value(reader, string_bytes_kept, body_);
    } else if (key == "attributes") {
      record_.read(reader);
    } else if (key == "traceId" && kind == Kind::string) {
      const std::string_view id = reader.string().bytes;
      trace_id_.clear();
      if (!id.empty()) json::append_string(trace_id_, id);
    } else if (key == "spanId" && kind == Kind::string) {
      record_.add_tag("span_id", reader.string().bytes);
    } else if (key == "eventName" && kind == Kind::string) {
      record_.set(Attribute::event_name, reader.string().bytes);
    } else {
      reader.skip();
    }
  }
}

std::string_view OtlpReader::value_of(Attribute attribute) const {
  for (const Attributes* attributes : {&record_, &scope_, &resource_}) {
    if (const std::string_view value = attributes->value_of(attribute); !value.empty()) return value;
  }
  return {};
}

[[gnu::noinline]] void OtlpReader::member(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!event_.view().ends_with('{')) event_.append(',');
  event_.append('"');
  event_.append(name);
  event_.append("\":");
  event_.append(value);
}

[[gnu::noinline]] void OtlpReader::string_member(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  member(name, "\"");
  json::append_escaped(event_, text);
  event_.append('"');
}

std::size_t OtlpReader::open(std::string_view name) {
  const std::size_t start = event_.size();
  member(name, "{");
  return start;
}

void OtlpReader::close(std::size_t start) {
  if (event_.view().ends_with('{')) return event_.truncate(start);
  event_.append('}');
}

void OtlpReader::write_event(const Record& record, const Defaults& defaults) {
  const auto first_of = [this](std::initializer_list<Attribute> attributes) {
    std::string_view value;
    for (auto at = attributes.begin(); at != attributes.end() && value.empty(); ++at) value = value_of(*at);
    return value;
  };
  event_.clear();
  event_.append('{');
  char time[timestamp_chars];
  format_timestamp(record.time ? *record.time : record.observed ? *record.observed : defaults.now, time);
  string_member("timestamp", {time, timestamp_chars});
  const bool failed = !first_of({Attribute::exception_type, Attribute::exception_message}).empty();
  const Level otherwise = failed ? Level::error : Level::info;
  string_member("level", to_string(record.number ? *record.number : record.text.value_or(otherwise)));
  const std::string_view service = value_of(Attribute::service_name);
  // What OpenTelemetry's SDKs say themselves where nobody has said anything.
  member("service", service.empty() ? "\"unknown_service\"" : service);
  const std::string_view environment = first_of({Attribute::environment_name, Attribute::environment});
  member("environment", environment);
  if (environment.empty()) string_member("environment", defaults.environment);
  const std::string_view release = value_of(Attribute::service_version);
  member("release", release.empty() ? "\"\"" : release);
  string_member("message", body_.view());
  if (body_.empty())
    member("message", first_of({Attribute::exception_message, Attribute::exception_type, Attribute::event_name}));
  member("trace_id", trace_id_.view());
  member("session_id", value_of(Attribute::session_id));
  if (const std::string_view user = unquoted(value_of(Attribute::user_id)); !user.empty()) {
    // A user's id is kept as its SHA-256, as the browser's client does: here it may be a name or an address.
    std::array<char, 64> hex;
    const bool hashed = user.size() == 64 && user.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    format_digest(sha256(user), hex.data());
    string_member("user_id", hashed ? user : std::string_view(hex.data(), hex.size()));
  }
  member("component", value_of(Attribute::scope_name));
  member("route", first_of({Attribute::url_path, Attribute::http_route}));
  write_device();
  write_error();
  write_http();
  write_tags();
  if (record_.is_stack_cut()) member("_meta", R"({"error.stack":"dropped:limit"})");
  event_.append('}');
}

void OtlpReader::write_device() {
  const UserAgent agent = parse_user_agent(unquoted(value_of(Attribute::user_agent)));
  const std::size_t start = open("device");
  const std::string_view name = value_of(Attribute::agent_name);
  member("browser", name);
  if (name.empty()) string_member("browser", agent.browser);
  member("browser_version", value_of(Attribute::agent_version));
  if (value_of(Attribute::agent_version).empty() && name.empty()) string_member("browser_version", agent.version);
  std::string_view os = value_of(Attribute::os_name);
  if (os.empty()) os = value_of(Attribute::browser_platform);
  member("os", os);
  if (os.empty()) string_member("os", agent.os);
  const std::string_view mobile = unquoted(value_of(Attribute::browser_mobile));
  if (mobile == "true" || mobile == "false")
    member("mobile", mobile);
  else if (!agent.os.empty())
    member("mobile", agent.mobile ? "true" : "false");
  member("language", value_of(Attribute::browser_language));
  close(start);
}

void OtlpReader::write_error() {
  const std::string_view type = value_of(Attribute::exception_type), message = value_of(Attribute::exception_message);
  const std::string_view stack = value_of(Attribute::exception_stacktrace);
  if (type.empty() && message.empty() && stack.empty()) return;
  const std::size_t start = open("error");
  member("type", type);
  member("message", message);
  member("stack", stack);
  close(start);
}

void OtlpReader::write_http() {
  const std::string_view method = value_of(Attribute::http_method), status = value_of(Attribute::http_status);
  if (method.empty() && status.empty()) return;
  const std::size_t start = open("http");
  member("method", method);
  if (is_status(unquoted(status))) member("status", unquoted(status));
  member("host", value_of(Attribute::server_address));
  member("route", value_of(Attribute::http_route));
  close(start);
}

/// The record's own before the scope's and the resource's; the first of a name counts.
void OtlpReader::write_tags() {
  std::size_t written = 0;
  const std::size_t start = open("tags");
  const auto add = [&](const Attributes& attributes, std::initializer_list<const Attributes*> before) {
    for (std::size_t i = 0; i < attributes.tags() && written < Attributes::tags_max; ++i) {
      const Attributes::Tag tag = attributes.tag(i);
      bool seen = false;
      for (const Attributes* other : before) seen = seen || other->has_tag(tag.name);
      if (seen) continue;
      if (written++ > 0) event_.append(',');
      event_.append(tag.name);
      event_.append(':');
      event_.append(tag.value);
    }
  };
  add(record_, {});
  const std::string_view name = value_of(Attribute::event_name);
  if (!name.empty() && written < Attributes::tags_max) {
    if (written++ > 0) event_.append(',');
    event_.append("\"event.name\":");
    event_.append(name);
  }
  add(scope_, {&record_});
  add(resource_, {&record_, &scope_});
  close(start);
}

}  // namespace mayday
