#include "mayday/ingest/otlp_attributes.h"

#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/utf8.h"
#include "mayday/event/schema.h"

namespace mayday {
namespace {

using json::Kind;

struct Place {
  std::string_view key;
  Attribute attribute;
};

/// OpenTelemetry's semantic conventions 1.38, and the older names that are still sent.
constexpr Place places[] = {
    {"service.name", Attribute::service_name},
    {"deployment.environment.name", Attribute::environment_name},
    {"deployment.environment", Attribute::environment},
    {"service.version", Attribute::service_version},
    {"session.id", Attribute::session_id},
    {"user.id", Attribute::user_id},
    {"enduser.id", Attribute::user_id},
    {"url.path", Attribute::url_path},
    {"http.route", Attribute::http_route},
    {"exception.type", Attribute::exception_type},
    {"exception.message", Attribute::exception_message},
    {"exception.stacktrace", Attribute::exception_stacktrace},
    {"http.request.method", Attribute::http_method},
    {"http.method", Attribute::http_method},
    {"http.response.status_code", Attribute::http_status},
    {"http.status_code", Attribute::http_status},
    {"server.address", Attribute::server_address},
    {"http.host", Attribute::server_address},
    {"user_agent.original", Attribute::user_agent},
    {"http.user_agent", Attribute::user_agent},
    {"user_agent.name", Attribute::agent_name},
    {"user_agent.version", Attribute::agent_version},
    {"os.name", Attribute::os_name},
    {"browser.platform", Attribute::browser_platform},
    {"browser.mobile", Attribute::browser_mobile},
    {"browser.language", Attribute::browser_language},
    {"event.name", Attribute::event_name},
};

/// Persons, headers, bodies and queries: an event has none of them, by whatever name. And what the browser's brands say, the
/// User-Agent says better.
constexpr std::string_view unwanted[] = {
    "user.",        "enduser.",       "http.request.header.", "http.response.header.", "http.request.body",
    "url.query",    "url.fragment",   "http.response.body",   "browser.brands",        "db.query.",
    "db.statement", "client.address", "source.address",       "http.client_ip",        "network.peer.address",
};

void append_any(json::Reader& reader, std::size_t bytes_max, Buffer& out, bool nested, bool& whole);

/// `{"values": [...]}` of a list or of names and values.
void append_values(json::Reader& reader, std::size_t bytes_max, Buffer& out, bool named, bool& whole) {
  const auto comma = [&out](std::size_t start) {
    if (out.size() > start) out.append(',');
  };
  out.append(named ? '{' : '[');
  const std::size_t start = out.size();
  const auto element = [&] {
    if (out.size() > bytes_max) whole = false;
    if (!whole || (named && reader.kind() != Kind::object)) return reader.skip();
    if (!named) return comma(start), append_any(reader, bytes_max, out, true, whole);
    std::size_t before = out.size();
    bool has_key = false, is_secret = false;
    for (bool more = reader.first_member(); more; more = reader.next_member()) {
      if (reader.key() == "key" && reader.kind() == Kind::string && !has_key) {
        const std::string_view key = reader.string().bytes;
        is_secret = schema::is_secret_name(key);
        comma(start);
        json::append_string(out, utf8::prefix(key, 64));
        out.append(':');
        has_key = true;
      } else if (reader.key() == "value" && has_key) {
        append_any(reader, bytes_max, out, true, whole);
      } else {
        reader.skip();
      }
    }
    if (is_secret || !has_key) return out.truncate(before);
    if (out.view().ends_with(':')) out.append("null");
  };
  const bool is_object = reader.kind() == Kind::object;
  if (!is_object) reader.skip();
  for (bool more = is_object && reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() != "values" || reader.kind() != Kind::array) {
      reader.skip();
      continue;
    }
    for (bool inner = reader.first_element(); inner; inner = reader.next_element()) element();
  }
  out.append(named ? '}' : ']');
}

void append_any(json::Reader& reader, std::size_t bytes_max, Buffer& out, bool nested, bool& whole) {
  if (reader.kind() != Kind::object) return reader.skip();
  const std::size_t start = out.size();
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const Kind kind = reader.kind();
    const bool is_list = reader.key() == "arrayValue", is_map = reader.key() == "kvlistValue";
    const bool quotes = nested && (reader.key() == "stringValue" || reader.key() == "bytesValue");
    const bool is_first = out.size() == start;
    if (is_first && kind == Kind::string) {
      const json::Text text = reader.string();
      whole = whole && text.whole;
      if (quotes)
        json::append_string(out, text.bytes);
      else
        out.append(text.bytes);
    } else if (is_first && kind == Kind::number) {
      out.append(reader.number().spelling);
    } else if (is_first && kind == Kind::boolean) {
      out.append(reader.boolean() ? "true" : "false");
    } else if (is_first && (is_list || is_map)) {
      append_values(reader, bytes_max, out, is_map, whole);
    } else {
      reader.skip();
    }
  }
  if (nested && out.size() == start) out.append("null");
}

}  // namespace

Attribute attribute_of(std::string_view key) {
  for (const Place& place : places) {
    if (place.key == key) return place.attribute;
  }
  for (std::string_view beginning : unwanted) {
    if (key.starts_with(beginning)) return Attribute::nowhere;
  }
  return key.empty() || schema::is_secret_name(key) ? Attribute::nowhere : Attribute::other;
}

bool append_any_value(json::Reader& reader, std::size_t bytes_max, Buffer& out) {
  bool whole = true;
  append_any(reader, bytes_max, out, false, whole);
  return whole;
}

void Attributes::clear() {
  known_ = {};
  tags_ = 0;
  is_stack_cut_ = false;
  text_.clear();
}

Attributes::Range Attributes::append(std::string_view text) {
  const std::size_t begin = text_.size();
  json::append_string(text_, utf8::prefix(text, code_points_max_));
  return {begin, text_.size()};
}

void Attributes::set(Attribute attribute, std::string_view text) {
  Range& place = known_[static_cast<std::size_t>(attribute)];
  if (place.begin == place.end && !text.empty()) place = append(text);
}

void Attributes::add_tag(std::string_view name, std::string_view text) {
  if (tags_ == tags_max || text.empty()) return;
  const Range range = append(utf8::prefix(name, 32));
  if (has_tag(text_of(range))) return text_.truncate(range.begin);
  names_[tags_] = range;
  values_[tags_++] = append(text);
}

bool Attributes::has_tag(std::string_view json_name) const {
  for (std::size_t i = 0; i < tags_; ++i) {
    if (text_of(names_[i]) == json_name) return true;
  }
  return false;
}

std::string_view Attributes::value_of(Attribute attribute) const {
  return text_of(known_[static_cast<std::size_t>(attribute)]);
}

Attributes::Tag Attributes::tag(std::size_t index) const {
  return {.name = text_of(names_[index]), .value = text_of(values_[index])};
}

void Attributes::read(json::Reader& reader) {
  if (reader.kind() != Kind::array) return reader.skip();
  for (bool more = reader.first_element(); more; more = reader.next_element()) read_one(reader);
}

void Attributes::read_one(json::Reader& reader) {
  if (reader.kind() != Kind::object) return reader.skip();
  key_.clear();
  value_.clear();
  bool whole = true;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() == "key" && reader.kind() == Kind::string && key_.empty())
      key_.append(reader.string().bytes);
    else if (reader.key() == "value" && value_.empty())
      whole = append_any_value(reader, string_bytes_kept, value_);
    else
      reader.skip();
  }
  const Attribute attribute = attribute_of(key_.view());
  if (attribute == Attribute::nowhere) return;
  if (attribute == Attribute::other) return add_tag(key_.view(), value_.view());
  set(attribute, value_.view());
  is_stack_cut_ = is_stack_cut_ || (attribute == Attribute::exception_stacktrace && !whole);
}

}  // namespace mayday
