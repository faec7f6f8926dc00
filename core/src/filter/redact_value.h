#pragma once

#include <cstdint>
#include <string_view>

#include "pattern.h"

/// What stands behind a secret's name: where it begins and ends, and whether it is a secret at all.
namespace mayday::redaction {

inline constexpr std::size_t prose_bytes_max = 64;  ///< A value that is longer is none of the words below.

/// A value: where it is, and what is around it.
struct Value {
  std::size_t begin = 0, end = 0;
  bool spaced = false;  ///< A space stands before it.
  bool quoted = false;
  bool code = false;  ///< Behind `==` or `=>`: a literal or nothing of ours.
};

/// Behind the separator of `width` bytes at `at`.
Value value_after(const Matcher& text, std::size_t at, std::size_t width);
/// What separates a name from its value at `at`: a colon or an equals sign may be a full-width one; 0 if nothing does.
char separator_at(const Matcher& text, std::size_t at);
/// Reads backslashes and a quote at `value.begin`, then what is between it and its like.
bool read_quoted(const Matcher& text, Value& value);
/// True if what stands behind a secret's name is no secret: a literal, a type, code, a place, or prose about it.
bool is_harmless(const Matcher& text, const Value& value, std::uint8_t name, char separator);
/// A header's value holds something made up: `Digest username="x"`, `a=b; c=d`, or one word that is no plain one.
bool is_header_value(std::string_view value);

bool contains(std::string_view piece, std::string_view part);
/// True if the pattern fits at the beginning of `piece`.
bool holds(std::string_view piece, const std::uint8_t* pattern);
bool has_digit(std::string_view value);
/// True if it is made up beyond doubt: it begins with twelve letters and digits, and has a digit.
bool is_long(std::string_view value);

/// What a log has instead of a secret: `***`, `sk_test_****1234`, `xxxx`, `[Filtered]`, `<your-key>`, `${TOKEN}`.
#define MAYDAY_MASK                                                                                                    \
  "(\\*+(redacted|masked|hidden|filtered|removed|secret)\\*+|B{0,12}\\*{4,}B{0,4}|\\*{3}|(Y{1,8}[-_]){0,3}x{4,}(-x{2," \
  "})*|B{0,12}(•|●){3,}B{0,4}|"                                                                                        \
  "(\\[|\\<|[$\\{]\\{)(L|[ _.:-])+(\\]|\\>|\\}{1,2}))!V"
inline constexpr auto& mask = pattern<MAYDAY_MASK>;
inline constexpr auto& mark = pattern<"\\[redacted:">;
inline constexpr auto& digits_only = pattern<"D*!O">;
inline constexpr auto& signs_only = pattern<"([~^]D+.D+.D+|(!WO)*)!O">;

}  // namespace mayday::redaction
