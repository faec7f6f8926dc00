#include "mayday/base/json_reader.h"

#include "mayday/base/bytes.h"
#include "mayday/base/utf8.h"

namespace mayday::json {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 2^1024 - 2^970, the least that rounds to infinity, is this many times 10^308; its first 40 digits.
constexpr std::string_view overflow_digits = "1797693134862315807937289714053034150799";
constexpr std::int64_t overflow_exponent = 308;

/// What decides whether a number fits a double: its digits without the point, and the power of ten of the first one
/// that is not zero.
struct Magnitude {
  std::string_view mantissa;  ///< Digits and at most one point, from the first digit that is not zero.
  std::int64_t exponent = 0;
  bool zero = true;
};

[[gnu::cold]] bool overflows(const Magnitude& m) {
  if (m.zero || m.exponent < overflow_exponent) return false;
  if (m.exponent > overflow_exponent) return true;
  std::size_t compared = 0;
  for (char c : m.mantissa) {
    if (!is_digit(c)) continue;
    if (c != overflow_digits[compared]) return c > overflow_digits[compared];
    if (++compared == overflow_digits.size()) return true;
  }
  return false;
}

/// `text` is a number by the grammar; `exponent` is what stands behind its `e`.
[[gnu::cold]] Magnitude magnitude_of(std::string_view text, std::int64_t exponent) {
  Magnitude m;
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const auto whole = static_cast<std::int64_t>(point == std::string_view::npos ? text.size() : point);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' || text[i] == '0') continue;
    const auto at = static_cast<std::int64_t>(i);
    m = {.mantissa = text.substr(i), .exponent = exponent + (at < whole ? whole - at - 1 : whole - at), .zero = false};
    break;
  }
  return m;
}

constexpr std::array<Kind, 256> make_kinds() {
  std::array<Kind, 256> kinds{};
  kinds['{'] = Kind::object;
  kinds['['] = Kind::array;
  kinds['"'] = Kind::string;
  kinds['t'] = kinds['f'] = Kind::boolean;
  kinds['n'] = Kind::null;
  for (char c : std::string_view("-0123456789")) kinds[static_cast<std::uint8_t>(c)] = Kind::number;
  return kinds;
}

/// The longest prefix of at most `bytes_max` bytes that ends on a code point's boundary.
std::string_view kept_part(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<std::uint8_t>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace

constinit const std::array<Kind, 256> Reader::kinds = make_kinds();

std::optional<std::int64_t> Number::integer() const {
  const std::string_view digits = negative() ? spelling.substr(1) : spelling;
  if (digits.size() > 15) return std::nullopt;
  std::int64_t value = 0;
  for (char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative() ? -value : value;
}

Reader::Reader(std::string_view text) : text_(text), at_(text.data()), end_(text.data() + text.size()) {}

bool Reader::fail(const char* at) {
  if (!failed_) failed_at_ = at;
  failed_ = true;
  at_ = end_;
  return false;
}

Error Reader::error() const {
  MAYDAY_ASSERT(failed_);
  return {Code::invalid_json, static_cast<std::uint32_t>(failed_at_ - text_.data())};
}

void Reader::skip_space() {
  while (at_ != end_ && bytes::is_space(*at_)) ++at_;
}

std::size_t Reader::offset() {
  skip_space();
  return static_cast<std::size_t>(at_ - text_.data());
}

bool Reader::open(char bracket, char closing) {
  skip_space();
  if (at_ == end_ || *at_ != bracket || depth_ == json_depth_max) return fail(at_);
  ++at_, ++depth_;
  skip_space();
  if (at_ == end_ || *at_ != closing) return !failed_;
  ++at_, --depth_;
  return false;
}

bool Reader::next_behind_space(char closing) {
  skip_space();
  if (at_ != end_ && *at_ == ',') {
    ++at_;
    skip_space();
    return true;
  }
  if (at_ == end_ || *at_ != closing) return fail(at_);
  ++at_, --depth_;
  return false;
}

bool Reader::read_key() {
  guessed_ = false;
  key_ = read_string(key_scratch_, key_bytes_kept).bytes;
  skip_space();
  if (at_ == end_ || *at_ != ':') return fail(at_);
  ++at_;
  return true;
}

[[gnu::noinline]] bool Reader::first_member(std::string_view guess) {
  return open('{', '}') && (take_guess(guess) || read_key());
}
bool Reader::first_member() { return open('{', '}') && read_key(); }
bool Reader::next_member() { return next('}') && read_key(); }

/// One without escapes, short and ASCII, is a piece of the text itself; any other is decoded into `scratch`.
[[gnu::noinline]] Text Reader::read_string(Buffer& scratch, std::size_t kept_max) {
  if (at_ == end_ || *at_ != '"') return fail(at_), Text{};
  Text text;
  scratch.clear();
  const char* start = ++at_;
  for (;;) {
    const char* plain = at_;
    at_ = bytes::find_string_special(at_, end_);
    if (at_ == end_) return fail(at_), Text{};
    std::string_view piece(plain, static_cast<std::size_t>(at_ - plain));
    if (*at_ == '"' && plain == start && piece.size() <= kept_max) {
      ++at_;
      return {.bytes = piece, .code_points = static_cast<std::uint32_t>(piece.size()), .plain = true};
    }
    text.code_points += static_cast<std::uint32_t>(piece.size());
    char encoded[4];
    if (piece.empty() && *at_ == '"') break;
    if (piece.empty()) {
      char32_t code_point = 0;
      const std::size_t length = *at_ == '\\' ? 0 : utf8::decode(at_, end_, code_point);
      if (*at_ == '\\' ? !read_escape(code_point) : length == 0 || code_point < 0x20) return fail(at_), Text{};
      at_ += length;
      ++text.code_points;
      piece = {encoded, utf8::encode(code_point, encoded)};
    }
    const std::string_view kept = text.whole ? kept_part(piece, kept_max - scratch.size()) : std::string_view();
    text.whole = text.whole && kept.size() == piece.size();
    scratch.append(kept);
  }
  ++at_;
  text.bytes = scratch.view();
  return text;
}

bool Reader::read_hex4(char32_t& unit) {
  if (end_ - at_ < 4) return false;
  unit = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char lower = static_cast<char>(*at_ | 0x20);
    if (is_digit(*at_))
      unit = unit << 4 | static_cast<char32_t>(*at_ - '0');
    else if (lower >= 'a' && lower <= 'f')
      unit = unit << 4 | static_cast<char32_t>(lower - 'a' + 10);
    else
      return false;
  }
  return true;
}

bool Reader::read_escape(char32_t& code_point) {
  if (end_ - at_ < 2) return false;
  const char escaped = at_[1];
  at_ += 2;
  switch (escaped) {
    case '"':
    case '\\':
    case '/': code_point = static_cast<char32_t>(escaped); return true;
    case 'b': code_point = '\b'; return true;
    case 'f': code_point = '\f'; return true;
    case 'n': code_point = '\n'; return true;
    case 'r': code_point = '\r'; return true;
    case 't': code_point = '\t'; return true;
    case 'u': break;
    default: return false;
  }
  if (!read_hex4(code_point)) return false;
  if (code_point < 0xd800 || code_point > 0xdfff) return true;
  // A surrogate stands for a character only as the first of a pair. A lone one (a page that cut a string through an
  // emoji sends them) is replaced, as TextEncoder does.
  const char* behind_first = at_;
  char32_t low = 0;
  const bool paired = code_point < 0xdc00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u' &&
                      (at_ += 2, read_hex4(low)) && low >= 0xdc00 && low <= 0xdfff;
  if (paired) {
    code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
  } else {
    code_point = 0xfffd;
    at_ = behind_first;
  }
  return true;
}

bool Reader::read_digits() {
  const char* first = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return at_ != first;
}

/// `-12.5`, without the exponent.
bool Reader::read_mantissa() {
  if (at_ != end_ && *at_ == '-') ++at_;
  const char* first = at_;
  if (!read_digits() || (*first == '0' && at_ - first > 1)) return false;
  if (at_ == end_ || *at_ != '.') return true;
  ++at_;
  return read_digits();
}

/// `e-12`, if there is one. Past any power that a body of zeros could balance, the exact value does not matter.
bool Reader::read_exponent(std::int64_t& exponent) {
  constexpr std::int64_t exponent_max = 10'000'000;
  if (at_ == end_ || (*at_ | 0x20) != 'e') return true;
  ++at_;
  const bool negative = at_ != end_ && *at_ == '-';
  if (at_ != end_ && (*at_ == '-' || *at_ == '+')) ++at_;
  const char* first = at_;
  if (!read_digits()) return false;
  for (; first != at_ && exponent < exponent_max; ++first) exponent = exponent * 10 + (*first - '0');
  if (negative) exponent = -exponent;
  return true;
}

Number Reader::number() {
  constexpr std::size_t digits_without_overflow = 300;
  skip_space();
  const char* start = at_;
  std::int64_t exponent = 0;
  const bool has_mantissa = read_mantissa();
  const std::string_view mantissa(start, static_cast<std::size_t>(at_ - start));
  if (!has_mantissa || !read_exponent(exponent)) return fail(at_), Number{"0"};
  if ((exponent > 0 || mantissa.size() > digits_without_overflow) && overflows(magnitude_of(mantissa, exponent))) {
    return fail(start), Number{"0"};
  }
  return {std::string_view(start, static_cast<std::size_t>(at_ - start))};
}

bool Reader::word(std::string_view spelling) {
  if (static_cast<std::size_t>(end_ - at_) < spelling.size() || std::string_view(at_, spelling.size()) != spelling) {
    return fail(at_);
  }
  at_ += spelling.size();
  return true;
}

bool Reader::boolean() {
  skip_space();
  if (at_ != end_ && *at_ == 't') return word("true");
  word("false");
  return false;
}

void Reader::null() {
  skip_space();
  word("null");
}

void Reader::skip() {
  const std::size_t base = depth_;
  std::uint32_t objects = 0;  // A bit for each open level: set where it is an object.
  static_assert(json_depth_max <= 32);
  for (;;) {
    bool opened = false;
    switch (kind()) {
      case Kind::object:
        objects |= 1u << depth_ % 32;
        opened = first_member();
        break;
      case Kind::array:
        objects &= ~(1u << depth_ % 32);
        opened = first_element();
        break;
      case Kind::string: string(); break;
      case Kind::number: number(); break;
      case Kind::boolean: boolean(); break;
      case Kind::null: null(); break;
      case Kind::bad: fail(at_); break;
    }
    if (opened) continue;
    // A value has ended, and with it perhaps those around it.
    while (!failed_ && depth_ > base) {
      if (objects >> (depth_ - 1) & 1 ? next_member() : next_element()) break;
    }
    if (failed_ || depth_ == base) return;
  }
}

void Reader::finish() {
  skip_space();
  if (at_ != end_) fail(at_);
}

}  // namespace mayday::json
