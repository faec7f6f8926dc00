#include "mayday/filter/sanitize.h"

#include <array>
#include <bit>

#include "event_writer.h"
#include "frame.h"
#include "mayday/base/assert.h"

namespace mayday {

using json::Kind;
using schema::Field;
using schema::Type;

namespace {

/// A bit for each `Kind` that a value of the `Type` may be.
constexpr std::array<std::uint8_t, 15> make_kinds_taken() {
  std::array<std::uint8_t, 15> kinds{};
  const auto take = [&kinds](Type type, std::initializer_list<Kind> taken) {
    for (Kind kind : taken) {
      std::uint8_t& bits = kinds[static_cast<std::size_t>(type)];
      bits = static_cast<std::uint8_t>(bits | 1 << static_cast<unsigned>(kind));
    }
  };
  for (Type type : {Type::text, Type::level, Type::timestamp, Type::uuid, Type::trace_id}) take(type, {Kind::string});
  for (Type type : {Type::integer, Type::number}) take(type, {Kind::number});
  for (Type type : {Type::object, Type::pairs, Type::data, Type::payload, Type::meta}) take(type, {Kind::object});
  take(Type::boolean, {Kind::boolean});
  take(Type::stack, {Kind::array, Kind::string});
  take(Type::breadcrumbs, {Kind::array});
  return kinds;
}

constexpr std::array<std::uint8_t, 15> kinds_taken = make_kinds_taken();

}  // namespace

Refusal Sanitizer::sanitize(json::Reader& reader, Buffer& out, EventFacts& facts) {
  meta_.clear();
  facts = {};
  return EventWriter(*this, reader, out, facts).run();
}

void Sanitizer::close(Buffer& out) {
  if (!meta_.empty()) {
    out.append(",\"_meta\":{");
    out.append(meta_.view().substr(0, meta_.size() - 1));  // Each remark ends in a comma.
    out.append('}');
  }
  out.append('}');
}

Refusal EventWriter::run() {
  if (reader_.kind() != Kind::object) {
    reader_.skip();
    return {.why = Refusal::Why::not_an_object};
  }
  event_start_ = out_.size();
  object(schema::event);
  if (!facts_.is_langgraph && !refusal_) cut_langgraph();
  out_.flush();
  return refusal_;
}

/// Leaves the outermost object open: its owner has members to add.
std::uint64_t EventWriter::object(const schema::Table& table) {
  const bool outermost = path_parts_ == 0;
  std::uint64_t seen = 0;
  // What followed each field last time, and what came first: senders keep their order.
  std::array<std::uint8_t, schema::fields_max>& followers = s_.followers_[table.number];
  std::size_t last = table.fields.size();
  const auto guess = [&] { return table.fields[followers[last]].key; };
  out_.keep(reader_.position(), reader_.position() + 1);
  for (bool more = reader_.first_member(guess()); more; more = reader_.next_member(guess())) {
    std::size_t index = followers[last];
    if (!reader_.guessed()) {
      const Field* field = table.find(reader_.key());
      if (field == nullptr) {
        ++s_.unknown_fields_;
        reader_.skip();
        continue;
      }
      followers[last] = static_cast<std::uint8_t>(index = table.index_of(field));
    }
    last = index;
    member(table.fields[index], std::uint64_t{1} << index, seen);
  }
  if (!outermost) return close(), seen;
  if ((seen & table.required) == table.required) return seen;
  const auto first = static_cast<std::size_t>(std::countr_zero(~seen & table.required));
  refuse(Refusal::Why::missing, table.fields[first].key);
  return seen;
}

void EventWriter::object_field(const Field& field) {
  if (field.name == schema::Name::device)
    device(field);
  else
    object(*field.table);
}

/// What was clean the last time is clean.
void EventWriter::device(const Field& field) {
  Sanitizer::DeviceMemory& memory = s_.device_;
  const std::size_t start = out_.size();
  const char* begin = reader_.position();
  if (memory.size > 0 && reader_.take_value({memory.spelling.data(), memory.size})) {
    out_.keep(begin, reader_.position());
  } else {
    memory.seen = object(*field.table);
    memory.size = 0;
    const auto size = static_cast<std::size_t>(reader_.position() - begin);
    if (!refusal_ && size <= memory.spelling.size() && !reader_.failed() && out_.keeps(begin, reader_.position())) {
      bytes::copy(memory.spelling.data(), begin, size);
      memory.size = static_cast<std::uint8_t>(size);
    }
  }
  facts_.device = {start, out_.size()};
  facts_.device_seen = memory.seen;
}

void EventWriter::member(const Field& field, std::uint64_t bit, std::uint64_t& seen) {
  if (seen & bit) refuse(Refusal::Why::duplicate, field.key);
  const std::size_t start = out_.size();
  if (field.type != Type::meta) key(field);
  const Path path(*this, {.name = field.key});
  const Kind kind = reader_.kind();
  if (kind == Kind::null) reader_.null();
  const Outcome outcome = kind == Kind::null ? Outcome::absent : value(field, kind);
  if (outcome != Outcome::absent) seen |= bit;
  if (outcome == Outcome::written) {
    if (field.langgraph_only) langgraph_[langgraph_count_++ % langgraph_.size()] = {start, out_.size()};
    return;
  }
  out_.truncate(start);
  if (outcome == Outcome::dropped && field.required) refuse(Refusal::Why::invalid, field.key);
}

EventWriter::Outcome EventWriter::value(const Field& field, Kind kind) {
  // A value of another kind is dropped here, once for all types.
  if ((kinds_taken[static_cast<std::size_t>(field.type)] >> static_cast<unsigned>(kind) & 1) == 0) {
    reader_.skip();
    remark("dropped:type");
    return Outcome::dropped;
  }
  switch (field.type) {
    case Type::text: return text(field);
    case Type::level: return level(field);
    case Type::timestamp: return timestamp();
    case Type::uuid: return uuid();
    case Type::trace_id: return trace_id();
    case Type::integer:
    case Type::number: return number(field);
    case Type::boolean: return boolean();
    case Type::object: object_field(field); return Outcome::written;
    case Type::stack: return stack(field);
    case Type::breadcrumbs: return breadcrumbs(field);
    case Type::pairs: return pairs(field);
    case Type::data: return data(field);
    case Type::payload: return payload();
    case Type::meta: return meta();
  }
  return Outcome::dropped;
}

void EventWriter::refuse(Refusal::Why why, std::string_view field) {
  if (!refusal_) refusal_ = {.why = why, .field = field};
}

/// The schema's own names need no escaping, and one that was guessed stands in the input as it will be written.
void EventWriter::key(const Field& field) {
  const char* behind = reader_.position();
  const char* start = behind - (field.key.size() + 3);
  if (reader_.guessed()) {
    out_.comma(start);
    out_.keep(start, behind);
  } else {
    out_.comma();
    out_.append('"');
    out_.append(field.key);
    out_.append("\":");
  }
}

/// After the last member or element, which the reader has passed with its bracket.
void EventWriter::close() {
  if (!reader_.failed()) out_.close(reader_.position() - 1);
}

/// A list's elements, past `limit` skipped. Calls `each(index)` with the reader before an element.
template <typename Each>
static bool for_elements(json::Reader& reader, std::size_t limit, Each each) {
  std::size_t index = 0;
  for (bool more = reader.first_element(); more; more = reader.next_element(), ++index) {
    if (index < limit)
      each(index);
    else
      reader.skip();
  }
  return index > limit;
}

EventWriter::Outcome EventWriter::stack(const Field& field) {
  const std::size_t start = out_.size();
  key_is_open_ = false;
  if (reader_.kind() == Kind::string) {
    out_.append('[');
    split_stack(field, reader_.string());
    out_.append(']');
  } else {
    out_.keep(reader_.position(), reader_.position() + 1);
    const bool more = for_elements(reader_, schema::stack_lines_max, [&](std::size_t index) {
      const Path path(*this, {.index = index});
      if (reader_.kind() == Kind::string) {
        out_.comma(reader_.position());
        if (!plain_frame(field)) stack_line(field, reader_.string());
        return;
      }
      reader_.skip();
      remark("dropped:type");
    });
    if (more) remark("dropped:limit");
    close();
  }
  facts_.stack = {start, out_.size()};
  return Outcome::written;
}

/// By far the most lines: read once, for all that is asked of them.
bool EventWriter::plain_frame(const Field& field) {
  const char* quote = reader_.position();
  const char* end = find_frame_end(quote + 1, reader_.end());
  if (end == nullptr || key_is_open_ || static_cast<std::size_t>(end - quote) > field.limit) return false;
  if (facts_.fingerprint.takes_frames()) {
    // A reader's first value begins its text.
    const std::size_t readable_before = reader_.offset();
    const Frame frame = frame_of_plain(quote + 1, end, readable_before);
    if (frame.file.empty()) return false;
    facts_.fingerprint.add_frame(frame.function, frame.file, reader_.end());
  }
  out_.keep(quote, end + 1);
  reader_.pass(end + 1);
  return true;
}

EventWriter::Outcome EventWriter::breadcrumbs(const Field& field) {
  out_.keep(reader_.position(), reader_.position() + 1);
  const bool more = for_elements(reader_, field.limit, [&](std::size_t index) {
    const Path path(*this, {.index = index});
    if (reader_.kind() != Kind::object) {
      reader_.skip();
      return remark("dropped:type");
    }
    out_.comma(reader_.position());
    object(*field.table);
  });
  close();
  if (more) remark("dropped:limit");
  return Outcome::written;
}

}  // namespace mayday
