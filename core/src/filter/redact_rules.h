#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/filter/redact.h"

/// The recognizers behind `redact`, one noun a file. Each is asked at a byte that may betray its kind, looks back no
/// further than `floor` (what is before has been decided) and a bounded way ahead, and answers what to take out.
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
  /// The byte before `i`, or 0 at the floor.
  char before(std::size_t i) const { return i > floor ? bytes[i - 1] : '\0'; }
  std::size_t size() const { return bytes.size(); }
};

/// The URL that was read last. Each is read once, however many `://` or `?` stand in it: that keeps the scan linear.
struct UrlScan {
  std::size_t query = 0;  ///< Where its query or fragment begins; its end where it has none.
  std::size_t end = 0;
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_past_ascii(char c) { return static_cast<std::uint8_t>(c) >= 0x80; }
/// base64url's alphabet (RFC 4648, section 5).
constexpr bool is_base64url(char c) { return is_alnum(c) || c == '-' || c == '_'; }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

/// True if `text` has `word` at `at`, in any case; `word` is in lower case.
bool has_word(const Text& text, std::size_t at, std::string_view word);

/// Every recognizer below is asked at a byte that `candidates` (redact.cpp) picked; none is asked twice about one byte.
Match find_email(const Text& text, std::size_t at);                     ///< At an `@`.
Match find_userinfo(const Text& text, std::size_t at);                  ///< At an `@`, of a URL's authority.
Match find_url_secret(const Text& text, std::size_t at, UrlScan& url);  ///< At the `:` of `://`.
Match find_query(const Text& text, std::size_t at, UrlScan& url);  ///< At a `?` or `#`, of a whole URL or of a path.
Match find_pair(const Text& text, std::size_t at);                 ///< At the `=` or `:` behind a name.
Match find_prefixed_key(const Text& text, std::size_t at);         ///< At the `_` behind a maker's prefix.
Match find_token(const Text& text, std::size_t at);                ///< At a word's first letter.
Match find_private_key(const Text& text, std::size_t at);          ///< At the first of five dashes.
Match find_number(const Text& text, std::size_t at);  ///< At a number's first digit: card, SSN, IPv4, phone.
Match find_phone(const Text& text, std::size_t at);   ///< At a `+` or `(`.
Match find_iban(const Text& text, std::size_t at);    ///< At a word's first capital.
Match find_ipv6(const Text& text, std::size_t at);    ///< At the first `:` of an address.

}  // namespace mayday::redaction
