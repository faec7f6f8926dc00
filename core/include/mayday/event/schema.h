#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// The log event of SPEC section 1, as tables: what may stand where, how long, and which redaction profile it gets.
namespace mayday::schema {

/// What a field must be, and how it is cleaned.
enum class Type : std::uint8_t {
  text,       ///< A string, cut at `limit` code points.
  level,      ///< One of error, warn, info, debug.
  timestamp,  ///< RFC 3339; written in UTC with milliseconds.
  uuid,       ///< 36 characters; written in lower case.
  trace_id,   ///< 32 hex digits, not all zero; written in lower case.
  integer,    ///< `minimum` to `limit`.
  number,     ///< >= `minimum`, kept as it is spelled.
  boolean,
  object,       ///< Described by `table`.
  stack,        ///< An array of strings of at most `limit` code points, or one string with line breaks.
  breadcrumbs,  ///< An array of objects described by `table`; the newest `limit` stay.
  pairs,        ///< An object of strings under keys of the sender's choice: the first `limit` stay.
  data,         ///< An object of scalars under keys of the allow-list.
  payload,      ///< Any object, redacted; `limit` bytes of JSON.
  meta,         ///< Remarks from a sanitizer before this one.
};

/// What a text is, and therefore what redaction looks for in it (SPEC section 4.3).
enum class Profile : std::uint8_t {
  message,     ///< Prose: every kind.
  stack_line,  ///< Prose with file:line:column, which stays.
  value,       ///< A data, tag or header value: every kind.
  path,        ///< A URL's path: query and fragment go, then as `value`.
  identifier,  ///< A name or an id: what is secret by its form (e-mail, token, key), but no digits.
};

/// The fields that code speaks of by name. Everything else is known to the tables alone.
enum class Name : std::uint8_t {
  none,
  level,
  service,
  message,
  request_id,
  session_id,
  device,
  error_type,
  error_message,
};

struct Table;

struct Field {
  std::string_view key;
  Type type;
  std::uint16_t limit = 0;  ///< See `Type`.
  Profile profile = Profile::identifier;
  Name name = Name::none;
  bool required = false;     ///< Missing or unusable rejects the event.
  bool may_be_empty = true;  ///< Matters where `required`.
  bool langgraph_only = false;
  bool repeats = false;     ///< A sender says the same again and again: worth remembering.
  std::uint8_t memory = 0;  ///< Where `repeats`: which of `memories_max`, from 1.
  std::uint8_t minimum = 0;
  const Table* table = nullptr;
};

/// The fields of one object.
struct Table {
  std::span<const Field> fields;
  std::uint64_t required;  ///< A bit for each field that is.
  std::uint8_t number;     ///< The table's own, below `tables_count`.

  /// nullptr for an unknown key. One look at each field, which most keys are spared: the reader guesses them rightly.
  const Field* find(std::string_view key) const;
  std::size_t index_of(const Field* field) const { return static_cast<std::size_t>(field - fields.data()); }
};

/// Lines of one stack (SPEC section 1); the client sends the first six by itself.
inline constexpr std::size_t stack_lines_max = 50;

/// Fields whose last value is remembered, over all tables.
inline constexpr std::size_t memories_max = 32;

inline constexpr std::size_t tables_count = 7;
inline constexpr std::size_t fields_max = 32;

/// The whole event.
extern const Table event;

/// What `device` keeps; first what a User-Agent can tell: browser, browser_version, os, mobile.
extern const Table device;

/// What `data` keeps: route, route_template, host, method, status, duration_ms, component, pathname.
extern const Table data;

/// True for a name under which no value ever passes: it contains authorization, cookie, token, secret, password,
/// api_key, apikey, session, credential or private, in any case, `-` and `_` alike.
bool is_secret_name(std::string_view key);

}  // namespace mayday::schema
