#include "mayday/event/fingerprint.h"

#include <bit>
#include <cstring>

#include "mayday/base/bytes.h"
#include "mayday/base/hash.h"

namespace mayday {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr std::uint64_t lowest_bits(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// A hash of texts without what differs from build to build or from user to user: a word that is a number, a hex run or
/// an opaque id counts as one mark, other words lose the digits in them. What stands between two such places is hashed
/// eight bytes a step. Stored fingerprints are made of it: it never changes.
class Normalised {
 public:
  explicit Normalised(std::uint64_t seed) : hash_(seed) {}

  /// What is before `readable_end`, which may lie behind the text, may be read.
  void add(std::string_view text, const char* readable_end) {
    end_ = text.data() + text.size();
    readable_end_ = readable_end;
    for (const char* at = text.data(); at != end_;) at = add_window(at);
  }

  void add_mark(char c) { add_piece(static_cast<std::uint8_t>(c)); }

  std::uint64_t result() const { return mix(hash_); }

 private:
  static constexpr std::size_t window_bytes = 64;

  /// Looks at 64 bytes and answers where to go on. A run that is cut by the window's end is read anew from its start, so
  /// that where windows fall makes no difference; one that fills the window is a multiple of eight bytes.
  const char* add_window(const char* at) {
    const auto left = static_cast<std::size_t>(end_ - at);
    const std::size_t size = left < window_bytes ? left : window_bytes;
    const bytes::WordMasks masks = bytes::word_masks(at, size, readable_end_);
    std::size_t done = 0;
    for (;;) {
      const std::uint64_t digits = masks.digit & ~lowest_bits(done);
      if (digits == 0) {
        if (size < left && done > 0) return at + done;
        add_bytes(at + done, size - done);
        return at + size;
      }
      const auto digit = static_cast<std::size_t>(std::countr_zero(digits));
      std::size_t begin = static_cast<std::size_t>(std::bit_width(~masks.word & lowest_bits(digit)));
      if (begin < done) begin = done;
      const std::size_t end = digit + static_cast<std::size_t>(std::countr_one(masks.word >> digit));
      if (end == size && size < left && begin > 0) return add_bytes(at + done, begin - done), at + begin;
      if (is_variable(masks, begin, end)) {
        add_bytes(at + done, begin - done);
        add_mark('#');
        if (end == window_bytes && begin == 0) return behind_word(at + end);
        done = end;
      } else {
        add_bytes(at + done, digit - done);
        done = digit + static_cast<std::size_t>(std::countr_one(masks.digit >> digit));
      }
      if (done == size) return at + size;
    }
  }

  static bool is_variable(const bytes::WordMasks& masks, std::size_t begin, std::size_t end) {
    const std::uint64_t word = lowest_bits(end) & ~lowest_bits(begin);
    const auto digits = static_cast<std::size_t>(std::popcount(masks.digit & word));
    const std::size_t length = end - begin;
    return digits * 2 >= length || length >= 16 || (length >= 6 && (masks.hex & word) == word);
  }

  const char* behind_word(const char* at) const {
    while (at != end_ && is_word(*at)) ++at;
    return at;
  }

  void add_bytes(const char* at, std::size_t length) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t piece = 0;
    for (; length >= sizeof piece; at += sizeof piece, length -= sizeof piece) {
      std::memcpy(&piece, at, sizeof piece);
      add_piece(piece);
    }
    if (length == 0) return;
    if (static_cast<std::size_t>(readable_end_ - at) >= sizeof piece) {
      std::memcpy(&piece, at, sizeof piece);
      return add_piece(piece & lowest_bits(8 * length));
    }
    piece = 0;
    for (std::size_t i = 0; i < length; ++i) piece |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << (8 * i);
    add_piece(piece);
  }

  void add_piece(std::uint64_t piece) {
    hash_ = (hash_ ^ piece) * 0x9e37'79b9'7f4a'7c15;
    hash_ ^= hash_ >> 32;
  }

  std::uint64_t hash_;
  const char* end_ = nullptr;
  const char* readable_end_ = nullptr;
};

/// The next quote that opens something, or `end`; the apostrophe of "can't" does not.
const char* find_quote(const char* begin, const char* end, const char* readable_end) {
  const char* at = bytes::find(begin, end, readable_end, '"', '\'', '`');
  while (at != end && at != begin && is_word(at[-1])) at = bytes::find(at + 1, end, readable_end, '"', '\'', '`');
  return at;
}

struct Frame {
  std::string_view function, file;
};

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

/// The file's name in `.../file.abc123.js?x:10:20)`, without folders, query and position.
[[gnu::cold]] std::string_view file_name(const char* location, const char* end, const char* readable_end) {
  const char* begin = bytes::find_behind_last(location, end, '/');
  const char* file_end = bytes::find(begin, end, readable_end, ':', '?', ')');
  // `C:\app\main.js:1:2`: the colon of a drive.
  if (file_end != end && file_end + 1 != end && file_end[1] == '\\') {
    begin = bytes::find_behind_last(begin, end, '\\');
    file_end = bytes::find(begin, end, readable_end, ':', '?', ')');
  }
  return between(begin, file_end);
}

/// `at f (location)` and `at location` of V8, `f@location` of Firefox and Safari. No file where the line is no frame.
[[gnu::cold]] Frame frame_of(std::string_view line, std::size_t slack) {
  const char* at = line.data();
  const char* end = at + line.size();
  const char* readable_end = end + slack;
  while (at != end && (*at == ' ' || *at == '\t')) ++at;
  while (at != end && (end[-1] == ' ' || end[-1] == '\r')) --end;
  if (end - at > 3 && at[0] == 'a' && at[1] == 't' && at[2] == ' ') {
    at += 3;
    const char* open = bytes::find(at, end, readable_end, '(');
    if (open == end || open == at) return {{}, file_name(at, end, readable_end)};
    return {between(at, open - 1), file_name(open + 1, end, readable_end)};
  }
  const char* sign = bytes::find(at, end, readable_end, '@');
  if (sign == end || !is_digit(end[-1])) return {};
  return {between(at, sign), file_name(sign + 1, end, readable_end)};
}

}  // namespace

void Fingerprint::add_type(std::string_view type) { type_ = hash_bytes(type, 1); }

/// What stands between quotes is a value, not the sentence.
[[gnu::cold]] std::uint64_t Fingerprint::hash_of_message(std::string_view message, std::size_t slack) {
  Normalised hash(1);
  const char* at = message.data();
  const char* end = at + message.size();
  const char* readable_end = end + slack;
  for (;;) {
    const char* open = find_quote(at, end, readable_end);
    const char* close = open == end ? end : bytes::find(open + 1, end, readable_end, *open);
    if (close == end) break;
    hash.add({at, static_cast<std::size_t>(open - at)}, readable_end);
    hash.add_mark('"');
    at = close + 1;
  }
  hash.add({at, static_cast<std::size_t>(end - at)}, readable_end);
  return hash.result();
}

void Fingerprint::add_stack_line(std::string_view line, std::size_t slack) {
  if (frames_ == frames_max) return;
  const Frame frame = frame_of(line, slack);
  add_frame(frame.function, frame.file, line.data() + line.size() + slack);
}

void Fingerprint::add_frame(std::string_view function, std::string_view file, const char* readable_end) {
  if (file.empty()) return;
  ++frames_;
  Normalised hash(stack_);
  // A minifier's names are short and change with every build.
  if (function.size() > 2) hash.add(function, readable_end);
  hash.add_mark('@');
  hash.add(file, readable_end);
  stack_ = hash.result();
}

std::uint64_t Fingerprint::value() const {
  // The error's own message says what the event's repeats, often with a prefix of the reporter's.
  const std::uint64_t message = error_message_ != 0 ? error_message_ : message_;
  return mix(mix(mix(type_) ^ message) ^ stack_);
}

}  // namespace mayday
