#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "line.h"
#include "mayday/filter/redact.h"
#include "mayday/filter/sanitize.h"

namespace mayday {

/// One event's way through the sanitizer: reads a value, decides what stays of it, writes it, remarks what was lost.
/// Lives for one `Sanitizer::sanitize`.
class EventWriter {
 public:
  EventWriter(Sanitizer& sanitizer, json::Reader& reader, Buffer& out, EventFacts& facts)
      : s_(sanitizer), reader_(reader), out_(out), facts_(facts) {}

  Refusal run();

 private:
  /// A value that was written, one that counts as not there, or one that can't be used.
  enum class Outcome : std::uint8_t { written, absent, dropped };

  /// Answers a bit for each field that it had.
  std::uint64_t object(const schema::Table& table);
  void member(const schema::Field& field, std::uint64_t bit, std::uint64_t& seen);
  Outcome value(const schema::Field& field, json::Kind kind);

  Outcome text(const schema::Field& field);
  bool text_again(const schema::Field& field);
  void remember(const schema::Field& field, const json::Text& text);
  [[gnu::noinline]] Outcome level(const schema::Field& field);
  [[gnu::noinline]] Outcome timestamp();
  [[gnu::noinline]] Outcome uuid();
  [[gnu::cold]] Outcome trace_id();
  [[gnu::noinline]] Outcome number(const schema::Field& field);
  [[gnu::noinline]] Outcome boolean();
  [[gnu::noinline]] Outcome stack(const schema::Field& field);
  [[gnu::noinline]] Outcome breadcrumbs(const schema::Field& field);
  [[gnu::cold]] Outcome pairs(const schema::Field& field);
  [[gnu::cold]] Outcome data(const schema::Field& field);
  [[gnu::cold]] bool data_field(const schema::Table& table, schema::Field& field, std::uint64_t& bit) const;
  [[gnu::cold]] Outcome scalar(const schema::Field& field);
  [[gnu::noinline]] Outcome payload();
  [[gnu::cold]] Outcome meta();

  /// What stayed of a text, before escaping, and how many bytes behind it may be read. Void with the next text.
  struct Kept {
    std::string_view bytes;
    std::size_t slack = 0;
    std::uint64_t hash = 0;  ///< Of a message.
  };

  void note_text(const schema::Field& field, const Kept& text, OutputRange written);
  [[gnu::noinline]] void object_field(const schema::Field& field);
  void device(const schema::Field& field);
  /// A line within a private key that a line before it began is not shown.
  void stack_line(const schema::Field& field, const json::Text& line);
  bool plain_frame(const schema::Field& field);
  [[gnu::cold]] void split_stack(const schema::Field& field, const json::Text& stack);
  void copy_redacted(std::size_t payload_start);
  void copy_object(std::size_t payload_start);
  /// Writes `text` between quotes: redacted, cut, escaped.
  Kept put_text(const json::Text& text, std::size_t limit, schema::Profile profile) {
    return text.plain && text.whole && text.bytes.size() <= limit ? put_short(text, limit, profile)
                                                                  : put_any(text, limit, profile);
  }
  Kept put_short(const json::Text& text, std::size_t limit, schema::Profile profile);
  [[gnu::cold]] Kept put_any(const json::Text& text, std::size_t limit, schema::Profile profile);
  [[gnu::cold]] Kept put_clean(const json::Text& text, std::string_view piece, std::size_t limit,
                               schema::Profile profile, const Redaction& redaction);
  /// The same for a message, which may be known already.
  Kept put_message(const schema::Field& field, const json::Text& text);
  [[gnu::cold]] bool learn(MessageMemory::Entry& entry, const json::Text& text);

  /// Takes over a piece of the input, or a string of it that needs no escapes.
  void keep(std::string_view piece);
  void keep(const json::Text& text);
  /// Writes `wanted`, which needs no escapes; most often it is what was read.
  void put_plain(const json::Text& read, std::string_view wanted);

  [[gnu::cold]] void key(std::string_view name);
  void key(const schema::Field& field);
  void close();
  [[gnu::cold]] void remark(std::string_view what, std::string_view kind = {});
  /// Ends a remark whose path begins at `start` of `_meta`, unless that path has one already.
  [[gnu::cold]] void finish_remark(std::size_t start, std::string_view what, std::string_view kind);
  [[gnu::cold]] void refuse(Refusal::Why why, std::string_view field);
  [[gnu::cold]] void cut_langgraph();

  struct Part {
    std::string_view name;  ///< Empty: an index.
    std::size_t index = 0;
  };
  /// Where the reader is, for remarks: pushed, and popped with the value.
  class Path {
   public:
    Path(EventWriter& writer, Part part) : writer_(writer) {
      MAYDAY_ASSERT(writer_.path_parts_ < writer_.path_.size());
      writer_.path_[writer_.path_parts_++] = part;
    }
    ~Path() { --writer_.path_parts_; }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;

   private:
    EventWriter& writer_;
  };

  Sanitizer& s_;
  json::Reader& reader_;
  Line out_;
  EventFacts& facts_;
  Refusal refusal_;
  std::array<Part, 4> path_{};
  std::size_t path_parts_ = 0;
  std::size_t event_start_ = 0;
  bool key_is_open_ = false;  ///< The text before ended within a private key.
  std::uint64_t payload_objects_ = 0;

  std::array<OutputRange, 8> langgraph_{};  ///< Members to take back should the service turn out to be another.
  std::size_t langgraph_count_ = 0;
};

}  // namespace mayday
