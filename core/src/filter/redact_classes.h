#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mayday::redaction {

/// What a byte may be, a bit each.
enum Class : std::uint16_t {
  digit_class = 1 << 0,
  upper_class = 1 << 1,
  lower_class = 1 << 2,
  hex_letter_class = 1 << 3,
  space_class = 1 << 4,
  quote_class = 1 << 5,
  past_ascii_class = 1 << 6,
  minus_class = 1 << 7,
  underscore_class = 1 << 8,
  dot_class = 1 << 9,
  local_sign_class = 1 << 10,  ///< In an e-mail address's local part, at its edges too.
  inner_sign_class = 1 << 11,  ///< In a local part, not at its edges.
  value_end_class = 1 << 12,   ///< Behind an unquoted value.
  url_end_class = 1 << 13,     ///< Behind a URL.
  between_class = 1 << 14,     ///< Between a name's words, or a name and its value.
  none_of = 1 << 15,           ///< In a mask: what has none of the others.
  dash_class = minus_class | underscore_class,
  alpha_class = upper_class | lower_class,
  alnum_class = alpha_class | digit_class,
};

inline constexpr std::array<std::uint16_t, 128> ascii_classes = [] {
  std::array<std::uint16_t, 128> result{};
  const auto add = [&](std::string_view members, int bits) {
    for (char c : members) {
      auto& classes = result[static_cast<std::uint8_t>(c)];
      classes = static_cast<std::uint16_t>(classes | bits);
    }
  };
  for (std::size_t c = 0; c < 0x20; ++c) result[c] = url_end_class;
  add("0123456789", digit_class);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", upper_class);
  add("abcdefghijklmnopqrstuvwxyz", lower_class);
  add("abcdefABCDEF", hex_letter_class);
  add(" \t\n\r", space_class | value_end_class);
  add("\"'`", quote_class | value_end_class | url_end_class | between_class);
  add("-", minus_class | between_class);
  add("_", underscore_class | between_class);
  add(".", dot_class | between_class);
  add("%+", local_sign_class);
  add("'&!#$*^~", inner_sign_class);
  add(",;)}]<>\\", value_end_class);
  // A backslash is in no URL, but before the quote behind one in JSON in a string.
  add("<>\\ ", url_end_class);
  // Not `]`, which ends our own marks.
  add(" \t:=(#+\\", between_class);
  return result;
}();

constexpr std::uint16_t classes_of(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 128 ? ascii_classes[byte] : std::uint16_t{past_ascii_class};
}
constexpr bool is(char c, int mask) { return (classes_of(c) & mask) != 0; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(char c) { return is(c, alpha_class); }
constexpr bool is_alnum(char c) { return is(c, alnum_class); }
constexpr bool is_space(char c) { return is(c, space_class); }
constexpr bool is_quote(char c) { return is(c, quote_class); }
/// Between a number's groups; a form's body spells a space as `+`.
constexpr bool is_number_sign(char c) { return c == ' ' || (c >= '(' && c <= '/' && c != '*' && c != ','); }
constexpr bool is_word(char c) { return is(c, alnum_class | past_ascii_class); }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

/// The classes of patterns, by their letters.
inline constexpr std::array<std::uint16_t, 26> pattern_classes = [] {
  std::array<std::uint16_t, 26> result{};
  const auto set = [&](char letter, int mask) {
    result[static_cast<std::size_t>(letter - 'A')] = static_cast<std::uint16_t>(mask);
  };
  set('A', alnum_class);
  set('B', alnum_class | dash_class);  // base64url's alphabet (RFC 4648, section 5)
  set('C', upper_class | digit_class);
  set('D', digit_class);
  set('E', alnum_class | dash_class | dot_class | local_sign_class | past_ascii_class);
  set('H', upper_class);
  set('I', inner_sign_class);
  set('K', alnum_class | underscore_class);
  set('L', alpha_class);
  set('N', alnum_class | dash_class | dot_class | past_ascii_class);
  set('O', none_of);  // Any byte.
  set('P', past_ascii_class);
  set('Q', quote_class);
  set('S', space_class);
  set('U', url_end_class | none_of);
  set('V', value_end_class | none_of);
  set('W', alnum_class | past_ascii_class);
  set('X', digit_class | hex_letter_class);
  set('Y', lower_class);
  return result;
}();

}  // namespace mayday::redaction
