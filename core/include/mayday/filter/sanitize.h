#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/json_reader.h"
#include "mayday/base/timestamp.h"
#include "mayday/event/fingerprint.h"
#include "mayday/event/level.h"
#include "mayday/event/schema.h"
#include "mayday/filter/message_memory.h"
#include "mayday/filter/name_set.h"
#include "mayday/filter/redact.h"

namespace mayday {

/// A part of the sanitizer's output as byte offsets: views of it are void when it grows. Empty where nothing is meant.
struct OutputRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool empty() const { return begin == end; }
  std::string_view in(const Buffer& out) const { return out.view().substr(begin, end - begin); }
};

/// What the caller must know of an event to judge and to enrich it. Views point into the sanitizer's output and are void
/// when that grows or shrinks.
struct EventFacts {
  bool has_event_id = false;
  bool has_request_id = false;
  bool has_trace_id = false;
  bool is_langgraph = false;
  Level level = Level::error;
  Timestamp timestamp;
  Fingerprint fingerprint;
  std::uint64_t remarks = 0;  ///< Entries of `_meta`.

  // Texts as they were written: redacted, cut, escaped, without their quotes.
  OutputRange message;
  OutputRange error_message;
  OutputRange session_id;
  OutputRange stack;              ///< With its brackets.
  OutputRange device;             ///< With its braces.
  std::uint64_t device_seen = 0;  ///< A bit for each field of `schema::device` that it came with.
};

/// Why one event was refused: `why` and, where it is about one, the field, spelled on the wire as `missing:message`.
struct Refusal {
  enum class Why : std::uint8_t { none, not_an_object, missing, invalid, duplicate };
  Why why = Why::none;
  std::string_view field;  ///< A name of the schema's own.

  explicit operator bool() const { return why != Why::none; }
};

/// Reads one event and writes it as it will be stored: known fields only, typed, cut, redacted, escaped. One pass, no
/// tree, nothing allocated per field.
class Sanitizer {
 public:
  /// Consumes the reader's next value. Appends to `out` an object that is *left open*, without its last brace and without
  /// its `_meta`, so that the caller can add members; then `close` ends it. Where the event is refused, or the reader
  /// fails, what was appended is void: the caller truncates. Unknown fields are counted in `unknown_fields`.
  Refusal sanitize(json::Reader& reader, Buffer& out, EventFacts& facts);

  /// Writes `_meta`, if there is anything to remark, and the last brace.
  void close(Buffer& out);

  /// `data` keeps these too, as redacted values: at most `added_data_keys_max`, a line feed behind each.
  void allow_data(std::string_view keys) { added_data_.append(keys); }

  /// Fields dropped so far because the schema does not know them.
  std::uint64_t unknown_fields() const { return unknown_fields_; }

 private:
  friend class EventWriter;

  Buffer meta_;      ///< The remarks of the current event, as JSON members.
  Buffer redacted_;  ///< One text, redacted.
  Buffer cut_;       ///< The same once more, where it was cut.
  MessageMemory messages_;
  TimestampReader timestamps_;
  NameSet names_;  ///< Of the current payload's objects.
  Buffer added_data_;
  std::uint64_t unknown_fields_ = 0;
  /// By table: the field that came behind each field, and (at the end) the one that came first, in the last object.
  std::array<std::array<std::uint8_t, schema::fields_max>, schema::tables_count> followers_{};

  /// The last value of a field that repeats, with its quotes, if there was nothing to change about it.
  struct Memory {
    std::array<char, 48> spelling;
    std::uint8_t size = 0;
  };
  std::array<Memory, schema::memories_max> memories_{};

  /// The last `device`, likewise: all events of a page have the same one.
  struct DeviceMemory {
    std::array<char, 240> spelling;
    std::uint8_t size = 0;
    std::uint64_t seen = 0;  ///< As `EventFacts::device_seen`.
  };
  DeviceMemory device_{};
};

}  // namespace mayday
