#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/filter/redact.h"

/// The recognizers behind `redact`, one noun a file. Each is asked at a byte that may betray its kind, looks back no
/// further than `floor` (what is before has been decided) and a bounded way ahead, and answers what to take out. What it
/// reads without a bound it takes out, so that no byte is read twice by the same one.
namespace mayday::redaction {

/// [begin, end) of the text goes. Empty: nothing found.
struct Match {
  std::size_t begin = 0;
  std::size_t end = 0;
  Secret kind = Secret::email;
  bool leaves_mark = true;  ///< Replaced by `[redacted:<kind>]`, else by nothing.

  bool found() const { return end > begin; }
};

struct Text {
  std::string_view bytes;
  std::size_t floor = 0;

  char at(std::size_t i) const { return i < bytes.size() ? bytes[i] : '\0'; }
  /// The byte before `i`, or 0 at the floor and past it: `i` may be one less than 0.
  char before(std::size_t i) const { return i > floor && i <= bytes.size() ? bytes[i - 1] : '\0'; }
  /// [begin, end) of it.
  std::string_view piece(std::size_t begin, std::size_t end) const { return {bytes.data() + begin, end - begin}; }
  std::size_t size() const { return bytes.size(); }
  /// True if `part` stands at `i`, as it is spelled.
  bool has(std::size_t i, std::string_view part) const;
};

/// The URL that was read last. Each is read once, however many `://` or `?` stand in it: that keeps the scan linear.
struct UrlScan {
  std::size_t query = std::string_view::npos;  ///< Where its query or fragment begins; its end where it has none.
  std::size_t end = 0;
};

/// What a byte may be, a bit each. A look-up is a fraction of the comparisons' code, in a module that every page loads.
enum Class : std::uint16_t {
  digit_class = 1 << 0,
  upper_class = 1 << 1,
  lower_class = 1 << 2,
  hex_letter_class = 1 << 3,
  space_class = 1 << 4,
  quote_class = 1 << 5,
  past_ascii_class = 1 << 6,
  dash_class = 1 << 7,
  dot_class = 1 << 8,
  local_sign_class = 1 << 9,   ///< In an e-mail address's local part, at its edges too.
  inner_sign_class = 1 << 10,  ///< In a local part, not at its edges.
  token_sign_class = 1 << 11,  ///< In RFC 6750's b64token.
  separator_class = 1 << 12,   ///< Between a number's groups.
  value_end_class = 1 << 13,   ///< Behind an unquoted value.
  url_end_class = 1 << 14,     ///< Behind a URL.
  between_class = 1 << 15,     ///< Between a name's words, or a name and its value.
  alpha_class = upper_class | lower_class,
  alnum_class = alpha_class | digit_class,
};

inline constexpr std::array<std::uint16_t, 256> classes = [] {
  std::array<std::uint16_t, 256> result{};
  const auto add = [&](std::string_view members, std::uint16_t bit) {
    for (char c : members) result[static_cast<std::uint8_t>(c)] |= bit;
  };
  add("0123456789", digit_class);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", upper_class);
  add("abcdefghijklmnopqrstuvwxyz", lower_class);
  add("abcdefABCDEF", hex_letter_class);
  add(" \t\n\r", space_class | value_end_class);
  add("\"'`", quote_class | value_end_class | url_end_class | between_class);
  add("-_", dash_class | between_class);
  add(".", dot_class | between_class);
  add("%+", local_sign_class);
  add("'&!#$*^~", inner_sign_class);
  add("~+/=", token_sign_class);
  add(" -.()/+", separator_class);  // A form's body spells a space as `+`.
  add(",;)}]<>\\", value_end_class);
  // A backslash is in no URL, but before the quote behind one in JSON in a string.
  add("<>\\ ", url_end_class);
  // Not `]`, which ends our own marks.
  add(" \t:=(#+\\", between_class);
  for (std::size_t c = 0; c < 256; ++c) result[c] |= c < 0x20 ? url_end_class : c >= 0x80 ? past_ascii_class : 0;
  return result;
}();

constexpr bool is(char c, int mask) { return (classes[static_cast<std::uint8_t>(c)] & mask) != 0; }
constexpr bool is_digit(char c) { return is(c, digit_class); }
constexpr bool is_upper(char c) { return is(c, upper_class); }
constexpr bool is_lower(char c) { return is(c, lower_class); }
constexpr bool is_alpha(char c) { return is(c, alpha_class); }
constexpr bool is_alnum(char c) { return is(c, alnum_class); }
constexpr bool is_space(char c) { return is(c, space_class); }
constexpr bool is_quote(char c) { return is(c, quote_class); }
constexpr bool is_past_ascii(char c) { return is(c, past_ascii_class); }
/// base64url's alphabet (RFC 4648, section 5).
constexpr bool is_base64url(char c) { return is(c, alnum_class | dash_class); }
constexpr bool is_name(char c) { return is(c, alnum_class | dash_class | dot_class); }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_hex(char c) { return is(c, digit_class | hex_letter_class); }

/// True if `text` has `word` at `at`, in any case; `word` is in lower case.
bool has_word(const Text& text, std::size_t at, std::string_view word);

/// Words of a text in lower case, with one space before, between and behind them: ` api key `. camelCase, snake_case and
/// kebab-case are words too. A list of words is spelled the same way, so that a word with its spaces is searched in it.
class Words {
 public:
  static constexpr std::size_t bytes_max = 48;  ///< Of the text; more is not asked.

  explicit Words(std::string_view text);

  std::string_view view() const { return {text_.data(), size_}; }
  bool empty() const { return size_ <= 1; }
  /// The last word with its spaces; empty if there is none.
  std::string_view last() const;
  void drop_last() { size_ -= empty() ? 0 : last().size() - 1; }
  bool last_is_in(std::string_view list) const;
  /// True if one of them is in `list`.
  bool any_in(std::string_view list) const;

 private:
  std::array<char, 2 * bytes_max + 2> text_;
  std::size_t size_ = 0;
};

/// The words right before `end`, on its line, as far as nothing but what stands between a name and its value is between.
Words words_before(const Text& text, std::size_t end);

/// Every recognizer below is asked at a byte that `candidates` (redact.cpp) picked; none is asked twice about one byte.
Match find_email(const Text& text, std::size_t at);          ///< At an `@`.
Match find_encoded_email(const Text& text, std::size_t at);  ///< At `%40`, `&#64;` or `\u0040`: its first sign.
Match find_userinfo(const Text& text, std::size_t at);       ///< At an `@`, of a URL's authority.
Match find_url_secret(const Text& text, std::size_t at, UrlScan& url);  ///< At the `:` of `://`.
Match find_query(const Text& text, std::size_t at, UrlScan& url);  ///< At a `?` or `#`, of a whole URL or of a path.
Match find_pair(const Text& text, std::size_t at);                 ///< At what stands between a name and its value.
Match find_flag(const Text& text, std::size_t at);                 ///< At the first dash of `--name value`.
Match find_prefixed_key(const Text& text, std::size_t at);         ///< At the `_` or `-` behind a maker's prefix.
Match find_token(const Text& text, std::size_t at);                ///< At a word's first letter.
Match find_bot_token(const Text& text, std::size_t at);            ///< At the `:` of a Telegram bot's token.
Match find_private_key(const Text& text, std::size_t at);          ///< At the first of five dashes.
Match find_number(const Text& text, std::size_t at);  ///< At a number's first digit: card, SSN, IPv4, phone.
Match find_phone(const Text& text, std::size_t at);   ///< At a `+`, which may be spelled `%2B`, or `(`.
Match find_iban(const Text& text, std::size_t at);    ///< At a word's first letter.
Match find_ipv6(const Text& text, std::size_t at);    ///< At the first `:` of an address.

}  // namespace mayday::redaction
