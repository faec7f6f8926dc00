#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mayday::utf8 {

/// The length in bytes of the well-formed sequence at `at` (Unicode, table 3-7), 0 if there is none before `end`.
/// `code_point` is set where the length is not 0.
std::size_t decode(const char* at, const char* end, char32_t& code_point);

/// True for a text of nothing but such sequences.
bool is_well_formed(std::string_view text);

/// Writes 1 to 4 bytes. A surrogate or a value past U+10FFFF is written as U+FFFD.
std::size_t encode(char32_t code_point, char* out);

/// The longest prefix of well-formed `text` with at most `code_points_max` code points.
std::string_view prefix(std::string_view text, std::size_t code_points_max);

}  // namespace mayday::utf8
