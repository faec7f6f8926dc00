#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mayday {

/// Reads a whole number in `base` 10 or 16, digits in either case and nothing else; nothing where it does not fit 64 bits.
constexpr std::optional<std::uint64_t> parse_integer(std::string_view text, unsigned base = 10) {
  std::uint64_t value = 0;
  for (char c : text) {
    const char lower = static_cast<char>(c | 0x20);
    const unsigned digit = c >= '0' && c <= '9'           ? static_cast<unsigned>(c - '0')
                           : lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10)
                                                          : 16;
    if (digit >= base || value > (UINT64_MAX - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

}  // namespace mayday
