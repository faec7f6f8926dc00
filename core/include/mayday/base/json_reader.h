#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/bytes.h"
#include "mayday/base/limits.h"
#include "mayday/base/result.h"

namespace mayday::json {

/// What a value is, told by its first byte. `bad` at the end of the text, at a byte that begins no value, and after a
/// failure.
enum class Kind : std::uint8_t { bad, object, array, string, number, boolean, null };

/// A decoded JSON string. Void with the next string read, and with the text.
struct Text {
  std::string_view bytes;         ///< Well-formed UTF-8, without escapes; at most `string_bytes_kept`.
  std::uint32_t code_points = 0;  ///< Of the whole string, those not kept counted too.
  bool whole = true;              ///< False where the string was longer than what is kept.
  bool plain = false;             ///< ASCII that stands in JSON as it is: nothing to escape, a byte a code point.
  std::uint32_t slack = 0;        ///< Bytes behind `bytes` that may be read, though they mean nothing.
};

/// A number as it stands in the text; it fits a double (RFC 8259, section 6).
struct Number {
  std::string_view spelling;

  /// The value if it is spelled as an integer (no fraction, no exponent) of at most 15 digits.
  std::optional<std::int64_t> integer() const;
  bool negative() const { return spelling.front() == '-'; }
};

/// One pass over one JSON text, strict RFC 8259: no BOM, nothing after the value, UTF-8 checked, `json_depth_max` deep,
/// numbers within a double's range. A lone surrogate escape, which RFC 8259 leaves open and browsers send, reads as
/// U+FFFD. Values are pulled in the order of the text:
///
///     for (bool more = reader.first_member(); more; more = reader.next_member()) {
///       if (reader.key() == "events") ... else reader.skip();
///     }
///
/// Exactly one value is consumed per member or element. A failure is sticky: every loop ends, every read answers
/// nothing, and `error` tells the byte. Skipped values are validated like read ones. Allocates nothing after its
/// first long escaped string.
class Reader {
 public:
  /// `text` must outlive the reader. Reads nothing outside of it.
  explicit Reader(std::string_view text);

  /// Looks at the next value without consuming it.
  Kind kind() {
    if (at_ != end_ && bytes::is_space(*at_)) skip_space();
    return at_ == end_ ? Kind::bad : kinds[static_cast<std::uint8_t>(*at_)];
  }

  /// Opens an object; true if it has a member. The value must be an object.
  bool first_member();
  /// After a member's value: true if another follows, else the object is closed.
  bool next_member();

  /// The same for a caller who guesses the member's name; `guessed` tells whether rightly. A right guess, spelled without
  /// escapes and with its colon behind it, costs one comparison; a wrong one hardly more than none. Members mostly come in
  /// the order in which they came before.
  bool first_member(std::string_view guess);
  bool next_member(std::string_view guess) { return next('}') && (take_guess(guess) || read_key()); }
  bool guessed() const { return guessed_; }

  /// The current member's name, decoded; cut at `key_bytes_kept`. Void after its value has been read.
  std::string_view key() const { return key_; }

  /// Opens an array; true if it has an element. The value must be an array.
  bool first_element() { return open('[', ']'); }
  bool next_element() { return next(']'); }

  /// The next value, which must be of that kind.
  Text string() {
    // By far the most: short, and nothing to decode.
    if (at_ != end_ && *at_ == '"') {
      const char* start = at_ + 1;
      const char* quote = bytes::find_string_special(start, end_);
      const auto size = static_cast<std::uint32_t>(quote - start);
      if (quote != end_ && *quote == '"' && size <= string_bytes_kept) {
        at_ = quote + 1;
        return {{start, size}, size, true, true, static_cast<std::uint32_t>(end_ - quote)};
      }
    }
    skip_space();
    return read_string(string_scratch_, string_bytes_kept);
  }
  Number number();

  /// True, and the value is consumed, if it is spelled just like `value`: a string with its quotes, or an object with its
  /// braces that was read before.
  bool take_value(std::string_view value) {
    if (static_cast<std::size_t>(end_ - at_) < value.size()) return false;
    if (!bytes::equal(at_, value.data(), value.size())) return false;
    at_ += value.size();
    return true;
  }
  /// Goes on at `behind`, for a caller who has read the value at `position` himself: it is a string, and plain.
  void pass(const char* behind) { at_ = behind; }
  const char* end() const { return end_; }
  bool boolean();
  void null();

  /// Consumes the next value, whatever it is.
  [[gnu::cold]] void skip();

  /// Right behind what was read last. After `kind`, where the next value begins.
  const char* position() const { return at_; }

  /// Where the next value begins, as a byte offset: with the offset after it, the raw text of a value.
  std::size_t offset();
  std::string_view raw(std::size_t from, std::size_t to) const { return text_.substr(from, to - from); }

  /// After the outermost value: fails unless only white space follows.
  void finish();

  bool failed() const { return failed_; }
  /// `invalid_json` at the byte where the text stops being JSON. Only after a failure.
  Error error() const;

 private:
  [[gnu::cold]] bool fail(const char* at);
  void skip_space();
  bool open(char bracket, char closing);
  bool next(char closing);
  [[gnu::cold]] bool next_behind_space(char closing);
  bool take_guess(std::string_view name);
  bool read_key();
  Text read_string(Buffer& scratch, std::size_t kept_max);
  [[gnu::cold]] bool read_escape(char32_t& code_point);
  [[gnu::cold]] bool read_hex4(char32_t& unit);
  bool read_digits();
  bool read_mantissa();
  [[gnu::cold]] bool read_exponent(std::int64_t& exponent);
  bool word(std::string_view spelling);

  static const std::array<Kind, 256> kinds;  ///< By a value's first byte.

  std::string_view text_;
  const char* at_;
  const char* end_;
  const char* failed_at_ = nullptr;
  std::size_t depth_ = 0;
  bool failed_ = false;
  bool guessed_ = false;
  std::string_view key_;
  Buffer key_scratch_;
  Buffer string_scratch_;
};

inline bool Reader::next(char closing) {
  if (at_ != end_ && *at_ == ',' && end_ - at_ > 1 && !bytes::is_space(at_[1])) return ++at_, true;
  return next_behind_space(closing);
}

inline bool Reader::take_guess(std::string_view name) {
  guessed_ = static_cast<std::size_t>(end_ - at_) > name.size() + 3 && *at_ == '"' &&
             bytes::equal(at_ + 1, name.data(), name.size()) && at_[name.size() + 1] == '"' &&
             at_[name.size() + 2] == ':';
  if (guessed_) key_ = name, at_ += name.size() + 3;
  return guessed_;
}

}  // namespace mayday::json
