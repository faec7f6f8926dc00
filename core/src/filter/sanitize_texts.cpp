#include <array>

#include "event_writer.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/uuid.h"

/// What nearly every value of an event is: a text that is plain, short and clean, a level, a time. The edge compiles this to be
/// fast, what is rare (sanitize_values.cpp) to be small.
namespace mayday {

using schema::Field;
using schema::Name;

void EventWriter::keep(std::string_view piece) { out_.keep(piece.data(), piece.data() + piece.size()); }

/// A plain string is a piece of the input, with a quote on either side.
void EventWriter::keep(const json::Text& text) {
  MAYDAY_ASSERT(text.plain);
  out_.keep(text.bytes.data() - 1, text.bytes.data() + text.bytes.size() + 1);
}

void EventWriter::put_plain(const json::Text& read, std::string_view wanted) {
  if (read.plain && read.bytes.size() == wanted.size() && bytes::equal(read.bytes.data(), wanted.data(), wanted.size()))
    keep(read);
  else
    json::append_plain_string(out_.flush(), wanted);
}

/// By far the most: plain, and nothing to cut. Mostly nothing to redact either.
EventWriter::Kept EventWriter::put_short(const json::Text& text, std::size_t limit, schema::Profile profile) {
  s_.redacted_.clear();
  const Redaction redaction = redact(text.bytes, profile, s_.redacted_, text.slack);
  key_is_open_ = redaction.key_is_open;
  if (redaction.changed) return put_clean(text, text.bytes, limit, profile, redaction);
  keep(text);
  return {text.bytes, text.slack};
}

EventWriter::Kept EventWriter::put_message(const Field& field, const json::Text& text) {
  if (text.whole && MessageMemory::takes(text.bytes)) {
    MessageMemory::Entry& entry = s_.messages_.place_of(text.bytes);
    if (entry.is_of(text.bytes) || learn(entry, text)) {
      const bool changed = entry.redaction.changed;
      const std::string_view kept = changed ? entry.redacted_text() : text.bytes;
      if (text.plain && !changed)
        keep(text);
      else if (text.plain)
        json::append_plain_string(out_.flush(), kept);
      else
        json::append_string(out_.flush(), kept);
      if (changed) remark("redacted:", to_string(entry.redaction.first));
      return {.bytes = kept, .hash = entry.hash};
    }
  }
  Kept kept = put_text(text, field.limit, field.profile);
  kept.hash = Fingerprint::hash_of_message(kept.bytes, kept.slack);
  return kept;
}

/// What was clean the last time is clean.
bool EventWriter::text_again(const Field& field) {
  const Sanitizer::Memory& memory = s_.memories_[field.memory];
  const char* begin = reader_.position();
  if (memory.size == 0 || !reader_.take_value({memory.spelling.data(), memory.size})) return false;
  const std::size_t start = out_.size();
  out_.keep(begin, reader_.position());
  if (field.name != Name::none) note_text(field, {{begin + 1, memory.size - 2u}}, {start + 1, out_.size() - 1});
  return true;
}

void EventWriter::remember(const Field& field, const json::Text& text) {
  Sanitizer::Memory& memory = s_.memories_[field.memory];
  if (text.bytes.size() + 2 > memory.spelling.size()) return;
  memory.size = static_cast<std::uint8_t>(text.bytes.size() + 2);
  bytes::copy(memory.spelling.data(), text.bytes.data() - 1, memory.size);
}

EventWriter::Outcome EventWriter::text(const Field& field) {
  if (field.repeats && text_again(field)) return Outcome::written;
  const json::Text text = reader_.string();
  if (text.bytes.empty() && !field.may_be_empty) return field.required ? Outcome::dropped : Outcome::absent;
  const std::size_t start = out_.size();
  const Kept kept =
      field.profile == schema::Profile::message ? put_message(field, text) : put_text(text, field.limit, field.profile);
  note_text(field, kept, {start + 1, out_.size() - 1});
  if (field.repeats && text.plain && kept.bytes.data() == text.bytes.data() && kept.bytes.size() == text.bytes.size()) {
    remember(field, text);
  }
  return Outcome::written;
}

void EventWriter::note_text(const Field& field, const Kept& text, OutputRange written) {
  switch (field.name) {
    case Name::service: facts_.is_langgraph = text.bytes == "langgraph"; break;
    case Name::session_id: facts_.session_id = written; break;
    case Name::message:
      facts_.fingerprint.add_message(text.hash);
      facts_.message = written;
      break;
    case Name::request_id: facts_.has_request_id = true; break;
    case Name::error_type: facts_.fingerprint.add_type(text.bytes); break;
    case Name::error_message:
      facts_.fingerprint.add_error_message(text.hash);
      facts_.error_message = written;
      break;
    default: break;
  }
}

EventWriter::Outcome EventWriter::level(const Field& field) {
  const json::Text read = reader_.string();
  const std::optional<Level> level = parse_level(read.bytes);
  if (!level) return remark("dropped:type"), Outcome::dropped;
  put_plain(read, read.bytes);
  if (field.name == Name::level) facts_.level = *level;
  return Outcome::written;
}

EventWriter::Outcome EventWriter::timestamp() {
  const json::Text read = reader_.string();
  const std::string_view text = read.bytes;
  const std::optional<Timestamp> time = s_.timestamps_.read(text);
  if (!time) return remark("dropped:type"), Outcome::dropped;
  if (path_parts_ == 1) facts_.timestamp = *time;
  const bool canonical = is_canonical_timestamp(text);
  if (read.plain && canonical) return keep(read), Outcome::written;
  std::array<char, timestamp_chars> written;
  if (!canonical) format_timestamp(*time, written.data());
  put_plain(read, canonical ? text : std::string_view(written.data(), written.size()));
  return Outcome::written;
}

EventWriter::Outcome EventWriter::uuid() {
  const json::Text read = reader_.string();
  std::array<char, uuid_chars> id;
  if (!lower_uuid(read.bytes, id.data())) return remark("dropped:type"), Outcome::dropped;
  put_plain(read, {id.data(), id.size()});
  facts_.has_event_id = true;
  return Outcome::written;
}

}  // namespace mayday
