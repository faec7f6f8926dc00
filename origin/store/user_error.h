#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mayday::origin {

/// What kind of failure an error is to the person it happened to (SPEC section 7). Stored by number: appended to, never
/// renumbered.
enum class ErrorKind : std::uint8_t { unknown = 0, validation, permission, timeout, network, workflow };
inline constexpr std::size_t error_kinds_count = 6;

/// How bad it was for that person. `none`: the event is nobody's error. Stored by number.
enum class Severity : std::uint8_t { none = 0, low, medium, high, critical };
inline constexpr std::size_t severities_count = 5;

/// The wire's spelling, e.g. `network`.
std::string_view to_string(ErrorKind kind);
std::string_view to_string(Severity severity);

/// Nothing for any other text; `none` is no severity that can be given.
std::optional<ErrorKind> parse_error_kind(std::string_view text);
std::optional<Severity> parse_severity(std::string_view text);

}  // namespace mayday::origin
