#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mayday {

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
struct Timestamp {
  std::int64_t ms = 0;

  auto operator<=>(const Timestamp&) const = default;
};

/// `2026-11-21T09:30:00.000Z`, without a terminating zero.
inline constexpr std::size_t timestamp_chars = 24;

/// Reads an RFC 3339 date-time: any offset, any number of fraction digits (cut to milliseconds), years
/// 1970 to 9999, `T` and `Z` in either case. A leap second (`:60`) counts as the next minute's first.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// Writes exactly `timestamp_chars` bytes. Times outside the years 1970 to 9999 are written as the nearest in it.
void format_timestamp(Timestamp time, char* out);

/// Reads like `parse_timestamp`; what is of the day that was read last, and spelled like this, in a fraction of its time.
class TimestampReader {
 public:
  std::optional<Timestamp> read(std::string_view text);

 private:
  static constexpr std::size_t date_bytes = 11;
  std::array<char, date_bytes> date_{'1', '9', '7', '0', '-', '0', '1', '-', '0', '1', 'T'};
  std::int64_t day_ms_ = 0;  ///< When that day began.
};

/// True for a date-time that `parse_timestamp` has read, if `format_timestamp` would write it just so.
inline bool is_canonical_timestamp(std::string_view read) {
  return read.size() == timestamp_chars && read[10] == 'T' && read[17] != '6' && read[19] == '.' && read[23] == 'Z';
}

}  // namespace mayday
