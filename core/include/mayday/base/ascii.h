#pragma once

#include <string_view>

/// Text as HTTP and configuration have it: letters are those of ASCII, whatever the locale.
namespace mayday::ascii {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// True for texts that differ in the case of letters at most.
bool equals_ignoring_case(std::string_view left, std::string_view right);

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

}  // namespace mayday::ascii
