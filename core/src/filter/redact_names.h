#pragma once

#include <cstdint>
#include <string_view>

#include "pattern.h"
#include "redact_words.h"

/// What a name says of the value behind it, in the numbers of `kind_names`.
namespace mayday::redaction {

constexpr std::uint8_t kind_named(std::string_view name) {
  std::uint8_t index = 0;
  while (kind_names[index] != name) ++index;
  return index;
}

inline constexpr std::uint8_t no_name = 0;                             ///< An ordinary name.
inline constexpr std::uint8_t password_name = kind_named("password");  ///< Any word may be its value.
inline constexpr std::uint8_t token_name = kind_named("token");  ///< A made-up value: has a digit, or stands in quotes.
inline constexpr std::uint8_t code_name = kind_named("code");    ///< A short number.
inline constexpr std::uint8_t header_name = kind_named("header");  ///< Everything to the end of the line.

std::uint8_t kind_of(Words words);
/// Of a name that speaks about a secret (`token_count`, `password.js`): `no_name`.
std::uint8_t kind_of(std::string_view name);
/// True if the last word is one of those: `invalid`, `expired`, `length`.
bool speaks_about(const Words& words);

}  // namespace mayday::redaction
