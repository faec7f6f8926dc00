#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/json_reader.h"

namespace mayday {

/// The attributes of OpenTelemetry's semantic conventions that an event has a place for.
enum class Attribute : std::uint8_t {
  service_name,
  environment_name,
  environment,  ///< The name before 2024.
  service_version,
  scope_name,
  session_id,
  user_id,
  url_path,
  http_route,
  exception_type,
  exception_message,
  exception_stacktrace,
  http_method,
  http_status,
  server_address,
  user_agent,
  agent_name,
  agent_version,
  os_name,
  browser_platform,
  browser_mobile,
  browser_language,
  event_name,
  // What is no attribute there, but has a place here like one:
  time,
  level,
  body,
  trace_id,
  user_hash,
  is_mobile,  ///< `true` or `false`, without quotes.
  status,     ///< Three digits, without quotes.
  other,      ///< Has no place of its own: a tag.
  nowhere,    ///< Is not kept: a secret, a person, a header, a query.
};
inline constexpr std::size_t attributes_known = static_cast<std::size_t>(Attribute::other);

/// Where an attribute of that name goes.
Attribute attribute_of(std::string_view key);

/// Appends the text of an AnyValue, the reader's next value: a string as it is, a number's or a boolean's spelling, anything
/// else as JSON, without what stands under a secret's name. Stops writing some time after `bytes_max`. False where not all of
/// it was written.
bool append_any_value(json::Reader& reader, std::size_t bytes_max, Buffer& out);

/// The attributes of one resource, scope or record: of each known one and of each name the first, at most `tags_max` others.
class Attributes {
 public:
  static constexpr std::size_t tags_max = 16;
  /// A record's value may be a stack; a resource's is written again with every record, so no more of it is kept than a tag
  /// shows and redaction has to see behind that.
  static constexpr std::size_t record_code_points_max = 4'096;
  static constexpr std::size_t resource_code_points_max = 192;

  explicit Attributes(std::size_t code_points_max) : code_points_max_(code_points_max) {}

  void clear();

  /// Consumes the reader's next value, a list of KeyValue; anything else is passed over.
  void read(json::Reader& reader);
  /// Begins anew with the `attributes` of `object`, a resource's or a scope's text.
  void read_of(std::string_view object);

  /// Keeps `text` for `attribute` if there is none yet, and it is not empty.
  void set(Attribute attribute, std::string_view text);
  void add_tag(std::string_view name, std::string_view text);
  /// The same of `json` as it stands, empty or not.
  void put(Attribute attribute, std::string_view json);

  /// Those of `others` too, where there is room and no tag of that name.
  void add_tags_of(const Attributes& others);
  /// A tag's name and value are JSON already.
  void add_json_tag(std::string_view name, std::string_view value);

  /// As JSON strings with their quotes, empty where there is none. Void when the object changes.
  std::string_view value_of(Attribute attribute) const;
  /// Writes them as an event's member `tags`, if there are any.
  void write_tags(Buffer& out) const;
  /// The stack was longer than what is kept.
  bool is_stack_cut() const { return is_stack_cut_; }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::string_view text_of(Range range) const { return text_.view().substr(range.begin, range.end - range.begin); }
  Range append(std::string_view text);
  Range append_json(std::string_view json);
  /// Keeps what was appended last, a name and its value, unless there is a tag of that name or no room.
  void keep_tag(Range name, Range value);
  void read_one(json::Reader& reader);

  std::size_t code_points_max_;
  std::array<Range, attributes_known> known_{};
  std::array<Range, tags_max> names_{};
  std::array<Range, tags_max> values_{};
  std::size_t tags_ = 0;
  bool is_stack_cut_ = false;
  Buffer text_;
  Buffer key_;
  Buffer value_;
};

}  // namespace mayday
