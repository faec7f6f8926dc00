#include "mayday/ingest/otlp_attributes.h"

#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/utf8.h"
#include "mayday/event/schema.h"

namespace mayday {
namespace {

using json::Kind;

/// OpenTelemetry's semantic conventions 1.38, and the older names that are still sent.
constexpr std::string_view places_keys =
    "service.name\ndeployment.environment.name\ndeployment.environment\nservice.version\nsession.id\nuser.id\n"
    "enduser.id\nurl.path\nhttp.route\nexception.type\nexception.message\nexception.stacktrace\n"
    "http.request.method\nhttp.method\nhttp.response.status_code\nhttp.status_code\nserver.address\nhttp.host\n"
    "user_agent.original\nhttp.user_agent\nuser_agent.name\nuser_agent.version\nos.name\nbrowser.platform\n"
    "browser.mobile\nbrowser.language\nevent.name\n";
constexpr Attribute places[] = {
    Attribute::service_name,    Attribute::environment_name,  Attribute::environment,
    Attribute::service_version, Attribute::session_id,        Attribute::user_id,
    Attribute::user_id,         Attribute::url_path,          Attribute::http_route,
    Attribute::exception_type,  Attribute::exception_message, Attribute::exception_stacktrace,
    Attribute::http_method,     Attribute::http_method,       Attribute::http_status,
    Attribute::http_status,     Attribute::server_address,    Attribute::server_address,
    Attribute::user_agent,      Attribute::user_agent,        Attribute::agent_name,
    Attribute::agent_version,   Attribute::os_name,           Attribute::browser_platform,
    Attribute::browser_mobile,  Attribute::browser_language,  Attribute::event_name,
};

/// Persons, headers, bodies and queries: an event has none of them, by whatever name. And what the browser's brands say, the
/// User-Agent says better.
constexpr std::string_view unwanted =
    "user.\nenduser.\nhttp.request.header.\nhttp.response.header.\nhttp.request.body\nurl.query\nurl.fragment\n"
    "http.response.body\nbrowser.brands\ndb.query.\ndb.statement\nclient.address\nsource.address\n"
    "http.client_ip\nnetwork.peer.address\n";

void append_any(json::Reader& reader, std::size_t bytes_max, Buffer& out, bool nested, bool& whole);

void append_comma(Buffer& out, std::size_t start) {
  if (out.size() > start) out.append(',');
}

/// A name and its value; nothing where there is no name, or where it names a secret.
void append_named(json::Reader& reader, std::size_t bytes_max, Buffer& out, std::size_t start, bool& whole) {
  const std::size_t before = out.size();
  bool has_key = false, is_secret = false;
  for (json::Members members(reader, "value\nkey\n"); members.next();) {
    if (members.index() == 1 && reader.kind() == Kind::string && !has_key) {
      const std::string_view key = reader.string().bytes;
      is_secret = schema::is_secret_name(key);
      append_comma(out, start);
      json::append_string(out, utf8::prefix(key, 64));
      out.append(':');
      has_key = true;
    } else if (members.index() == 0 && has_key) {
      append_any(reader, bytes_max, out, true, whole);
    } else {
      reader.skip();
    }
  }
  if (is_secret || !has_key) return out.truncate(before);
  if (out.view().ends_with(':')) out.append("null");
}

/// `{"values": [...]}` of a list or of names and values.
void append_values(json::Reader& reader, std::size_t bytes_max, Buffer& out, bool named, bool& whole) {
  out.append(named ? '{' : '[');
  const std::size_t start = out.size();
  for (json::Members members(reader, "values\n"); members.next();) {
    for (bool more = json::open_list(reader); more; more = reader.next_element()) {
      if (out.size() > bytes_max) whole = false;
      if (!whole) {
        reader.skip();
      } else if (named) {
        append_named(reader, bytes_max, out, start, whole);
      } else {
        append_comma(out, start);
        append_any(reader, bytes_max, out, true, whole);
      }
    }
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
  const std::size_t place = entry_index(places_keys, key);
  if (place != no_entry) return places[place];
  for (std::string_view rest = unwanted; !rest.empty();) {
    if (key.starts_with(take_entry(rest))) return Attribute::nowhere;
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

void Attributes::put(Attribute attribute, std::string_view json) {
  known_[static_cast<std::size_t>(attribute)] = append_json(json);
}

Attributes::Range Attributes::append_json(std::string_view json) {
  text_.append(json);
  return {text_.size() - json.size(), text_.size()};
}

void Attributes::keep_tag(Range name, Range value) {
  bool fits = tags_ < tags_max;
  for (std::size_t i = 0; i < tags_; ++i) fits = fits && text_of(names_[i]) != text_of(name);
  if (!fits) return text_.truncate(name.begin);
  names_[tags_] = name;
  values_[tags_++] = value;
}

void Attributes::add_tag(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  const Range range = append(utf8::prefix(name, 32));
  keep_tag(range, append(text));
}

void Attributes::add_json_tag(std::string_view name, std::string_view value) {
  const Range range = append_json(name);
  keep_tag(range, append_json(value));
}

void Attributes::add_tags_of(const Attributes& others) {
  for (std::size_t i = 0; i < others.tags_; ++i)
    add_json_tag(others.text_of(others.names_[i]), others.text_of(others.values_[i]));
}

void Attributes::write_tags(Buffer& out) const {
  if (tags_ == 0) return;
  out.append(",\"tags\":");
  for (std::size_t i = 0; i < tags_; ++i) {
    out.append(i > 0 ? ',' : '{');
    out.append(text_of(names_[i]));
    out.append(':');
    out.append(text_of(values_[i]));
  }
  out.append('}');
}

std::string_view Attributes::value_of(Attribute attribute) const {
  return text_of(known_[static_cast<std::size_t>(attribute)]);
}

void Attributes::read(json::Reader& reader) {
  for (bool more = json::open_list(reader); more; more = reader.next_element()) read_one(reader);
}

void Attributes::read_of(std::string_view object) {
  clear();
  json::Reader reader(json::raw_member(object, "attributes"));
  read(reader);
}

void Attributes::read_one(json::Reader& reader) {
  key_.clear();
  value_.clear();
  bool whole = true;
  for (json::Members members(reader, "value\nkey\n"); members.next();) {
    if (members.index() == 1 && reader.kind() == Kind::string && key_.empty())
      key_.append(reader.string().bytes);
    else if (members.index() == 0 && value_.empty())
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
