#include <algorithm>
#include <array>
#include <utility>

#include "event_writer.h"
#include "mayday/base/entries.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/utf8.h"
#include "mayday/base/uuid.h"

namespace mayday {

using json::Kind;
using schema::Field;
using schema::Name;

namespace {

constexpr std::size_t pair_key_limit = 32;
constexpr std::size_t pair_value_limit = 128;

/// A text longer than its limit is redacted together with this much of what follows, so that a secret across the cut is
/// still known for one.
constexpr std::size_t redact_margin_bytes = 256;

/// What redaction is given of a long text: enough for the limit and the margin. The end of a piece that was cut may be
/// half a secret, so a margin's worth of it is never shown; `limit` code points are at least `limit` bytes.
std::string_view piece_to_redact(std::string_view text, std::size_t limit) {
  std::size_t bytes = limit * 4 + redact_margin_bytes;
  if (text.size() <= bytes) return text;
  while ((static_cast<std::uint8_t>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

EventWriter::Kept EventWriter::put_any(const json::Text& text, std::size_t limit, schema::Profile profile) {
  const std::string_view piece = piece_to_redact(text.bytes, limit);
  s_.redacted_.clear();
  const std::size_t slack = text.slack + (text.bytes.size() - piece.size());
  const Redaction redaction = redact(piece, profile, s_.redacted_, slack);
  key_is_open_ = redaction.key_is_open;
  return put_clean(text, piece, limit, profile, redaction);
}

/// Writes what redaction left of `piece`, which `text` begins with.
EventWriter::Kept EventWriter::put_clean(const json::Text& text, std::string_view piece, std::size_t limit,
                                         schema::Profile profile, const Redaction& redaction) {
  std::string_view clean = redaction.changed ? s_.redacted_.view() : piece;
  bool cut = !text.whole || piece.size() < text.bytes.size();
  // Redaction may have made the piece short: what was looked at last, perhaps half of a secret, still does not show.
  if (cut && redaction.changed) clean = clean.substr(0, clean.size() - std::min(clean.size(), redact_margin_bytes));
  if (cut && redaction.changed && clean.empty()) {
    // A field that must be there still is.
    s_.redacted_.clear();
    for (const std::string_view part :
         {std::string_view("[redacted:"), to_string(redaction.first), std::string_view("]")})
      s_.redacted_.append(part);
    clean = s_.redacted_.view();
  }
  while (cut && !clean.empty() && (static_cast<std::uint8_t>(clean.back()) & 0xc0) == 0x80) clean.remove_suffix(1);
  if (cut && !clean.empty() && static_cast<std::uint8_t>(clean.back()) >= 0xc0) clean.remove_suffix(1);
  bool plain = text.plain && !redaction.changed;
  std::string_view kept = plain ? clean.substr(0, limit) : utf8::prefix(clean, limit);
  cut = cut || kept.size() < clean.size();
  // What is left of a text that was cut may read as a secret where the whole did not.
  for (int round = 0; cut && round < 3; ++round) {
    s_.cut_.clear();
    if (!redact(kept, profile, s_.cut_).changed) break;
    std::swap(s_.redacted_, s_.cut_);
    kept = utf8::prefix(s_.redacted_.view(), limit);
    plain = false;
  }
  if (plain)
    json::append_plain_string(out_.flush(), kept);
  else
    json::append_string(out_.flush(), kept);
  if (cut)
    remark("cut");
  else if (redaction.changed)
    remark("redacted:", to_string(redaction.first));
  return {kept};
}

/// `error.stack` as the browser gives it: one string.
void EventWriter::split_stack(const Field& field, const json::Text& stack) {
  std::size_t index = 0;
  std::string_view rest = stack.bytes;
  while (!rest.empty() && index < schema::stack_lines_max) {
    const std::string_view line = take_entry(rest);
    const Path path(*this, {.index = index});
    if (!line.empty()) out_.comma(), stack_line(field, {.bytes = line}), ++index;
  }
  if (!rest.empty() || !stack.whole) remark("dropped:limit");
}

void EventWriter::stack_line(const Field& field, const json::Text& line) {
  if (key_is_open_) {
    key_is_open_ = line.bytes.find("-----END") == std::string_view::npos;
    out_.append("\"[redacted:private_key]\"");
    return remark("redacted:", to_string(Secret::private_key));
  }
  const Kept kept = put_text(line, field.limit, field.profile);
  facts_.fingerprint.add_stack_line(kept.bytes, kept.slack);
}

/// False where the message became too long to be remembered. No field cuts what the memory takes.
bool EventWriter::learn(MessageMemory::Entry& entry, const json::Text& text) {
  static_assert(MessageMemory::bytes_max <= 256);
  s_.redacted_.clear();
  entry.redaction = redact(text.bytes, schema::Profile::message, s_.redacted_, text.slack);
  const std::string_view redacted = s_.redacted_.view();
  entry.size = 0;
  if (redacted.size() > entry.redacted.size()) return false;
  entry.size = static_cast<std::uint8_t>(text.bytes.size());
  bytes::copy(entry.text.data(), text.bytes.data(), text.bytes.size());
  entry.redacted_size = static_cast<std::uint8_t>(redacted.size());
  bytes::copy(entry.redacted.data(), redacted.data(), redacted.size());
  entry.hash = entry.redaction.changed ? Fingerprint::hash_of_message(entry.redacted_text())
                                       : Fingerprint::hash_of_message(text.bytes, text.slack);
  return true;
}

EventWriter::Outcome EventWriter::trace_id() {
  const json::Text read = reader_.string();
  const std::string_view text = read.bytes;
  std::array<char, 32> id;
  bool valid = text.size() == id.size(), zero = true;
  for (std::size_t i = 0; valid && i < id.size(); ++i) {
    id[i] = text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] | 0x20) : text[i];
    valid = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
    zero = zero && id[i] == '0';
  }
  if (!valid || zero) return remark("dropped:type"), Outcome::dropped;
  put_plain(read, {id.data(), id.size()});
  facts_.has_trace_id = true;
  return Outcome::written;
}

EventWriter::Outcome EventWriter::number(const Field& field) {
  const json::Number number = reader_.number();
  if (field.type == schema::Type::number) {
    if (number.negative()) return remark("dropped:limit"), Outcome::dropped;
    keep(number.spelling);
    return Outcome::written;
  }
  const std::optional<std::int64_t> value = number.integer();
  if (!value) return remark("dropped:type"), Outcome::dropped;
  if (*value < field.minimum || (field.limit != 0 && *value > field.limit))
    return remark("dropped:limit"), Outcome::dropped;
  if (*value == 0)
    out_.append('0');  // Not as it may be spelled: -0.
  else
    keep(number.spelling);
  return Outcome::written;
}

EventWriter::Outcome EventWriter::boolean() {
  const char* begin = reader_.position();
  reader_.boolean();
  out_.keep(begin, reader_.position());
  return Outcome::written;
}

void EventWriter::key(std::string_view name) {
  out_.comma();
  json::append_string(out_.flush(), name);
  out_.append(':');
}

/// Under keys of the sender's choice: a key that names a secret, or is one, takes its value with it.
EventWriter::Outcome EventWriter::pairs(const Field& field) {
  std::array<std::size_t, 17> keys{};  // Where each kept key stands in the output.
  std::size_t kept = 0;
  out_.append('{');
  for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
    s_.redacted_.clear();
    const bool secret = reader_.key().empty() || schema::is_secret_name(reader_.key()) ||
                        redact(reader_.key(), schema::Profile::value, s_.redacted_).changed;
    if (secret || kept == field.limit || reader_.kind() != Kind::string) {
      remark(secret ? "redacted:secret" : kept == field.limit ? "dropped:limit" : "dropped:type");
      reader_.skip();
      continue;
    }
    const std::size_t start = out_.size();
    key(utf8::prefix(reader_.key(), pair_key_limit));
    const std::string_view line = out_.flush().view();
    const std::string_view written = line.substr(line.find('"', start));
    for (std::size_t i = 0; i < kept; ++i) {
      if (line.substr(keys[i], written.size()) == written) refuse(Refusal::Why::duplicate, field.key);
    }
    keys[kept++] = static_cast<std::size_t>(written.data() - line.data());
    put_text(reader_.string(), pair_value_limit, schema::Profile::value);
  }
  out_.append('}');
  return Outcome::written;
}

EventWriter::Outcome EventWriter::scalar(const Field& field) {
  switch (reader_.kind()) {
    case Kind::string: return text(field);
    case Kind::number: keep(reader_.number().spelling); return Outcome::written;
    case Kind::boolean: return boolean();
    default:
      reader_.skip();
      remark("dropped:type");
      return Outcome::dropped;
  }
}

/// The field of that name, of the schema's or of those that configuration added, and its bit among those seen.
bool EventWriter::data_field(const schema::Table& table, Field& field, std::uint64_t& bit) const {
  const Field* known = table.find(reader_.key());
  if (known != nullptr) {
    field = *known;
    bit = std::uint64_t{1} << table.index_of(known);
    return true;
  }
  bit = std::uint64_t{1} << table.fields.size();
  for (std::string_view rest = s_.added_data_.view(); !rest.empty(); bit <<= 1) {
    field.key = rest.substr(0, rest.find('\n'));
    if (field.key == reader_.key()) return true;
    rest.remove_prefix(field.key.size() + 1);
  }
  return false;
}

EventWriter::Outcome EventWriter::data(const Field& field) {
  std::uint64_t seen = 0;
  out_.append('{');
  for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
    std::uint64_t bit = 0;
    Field known{.type = schema::Type::text, .limit = 256, .profile = schema::Profile::value};
    if (!data_field(*field.table, known, bit)) {
      ++s_.unknown_fields_;
      reader_.skip();
      continue;
    }
    if (seen & bit) refuse(Refusal::Why::duplicate, field.key);
    seen |= bit;
    const std::size_t start = out_.size();
    key(known);
    const Path path(*this, {.name = known.key});
    if (scalar(known) != Outcome::written) out_.truncate(start);
  }
  out_.append('}');
  return Outcome::written;
}

}  // namespace mayday
