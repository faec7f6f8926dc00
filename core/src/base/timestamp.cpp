#include "mayday/base/timestamp.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mayday/base/bytes.h"

namespace mayday {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t latest_ms = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z
constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
constexpr std::size_t second_end = 19;

/// Days before 1970 since the first of March of the year 0. A year that begins with March has its leap day at its end, and then
/// months are of 30.6 days (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). std::chrono's own would be half a
/// kilobyte more of the module.
constexpr int epoch_days = 719'468;
constexpr int cycle_days = 146'097;  ///< Of 400 years.

constexpr int days_before_month(int march_month) { return (153 * march_month + 2) / 5; }
constexpr int days_before_year(int march_year) {
  return 365 * march_year + march_year / 4 - march_year / 100 + march_year / 400;
}

constexpr int days_in(int year, int month) {
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 ? 28 + int{leap} : 30 + ((month + month / 8) & 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads digits where `wanted` has zeros, and its signs, into `parts`, one for each row of digits. False for anything else.
bool read_parts(std::string_view text, std::string_view wanted, int* parts) {
  *parts = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const char c = text[i];
    if (wanted[i] == '0') {
      if (!is_digit(c)) return false;
      *parts = *parts * 10 + (c - '0');
    } else {
      if (c != wanted[i] && (c != 't' || wanted[i] != 'T')) return false;
      *++parts = 0;
    }
  }
  return true;
}

/// Reads `.123456`, cut to milliseconds; moves `at` behind it. -1 where the dot has no digit behind it.
int fraction_ms(std::string_view text, std::size_t& at) {
  if (text[at] != '.') return 0;
  int ms = 0, weight = 100;
  const std::size_t first = ++at;
  for (; at < text.size() && is_digit(text[at]); ++at, weight /= 10) ms += weight * (text[at] - '0');
  return at == first ? -1 : ms;
}

/// Reads `Z` or `+01:30`, all of `zone`, in minutes east; past a day where it is neither.
int offset_minutes(std::string_view zone) {
  constexpr int none = 1'440;
  if (zone.size() == 1 && (zone[0] | 0x20) == 'z') return 0;
  int parts[2];
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || !read_parts(zone.substr(1), "00:00", parts))
    return none;
  if (parts[0] > 23 || parts[1] > 59) return none;
  const int minutes = parts[0] * 60 + parts[1];
  return zone[0] == '-' ? -minutes : minutes;
}

/// Writes the last digits of `value` that end before `end`.
void put(char* end, int value, int count) {
  for (; count > 0; --count, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

[[gnu::noinline]] std::optional<Timestamp> parse_timestamp(std::string_view text) {
  int parts[6];
  // With what tells the zone.
  if (text.size() <= second_end || !read_parts(text, shape.substr(0, second_end), parts)) return std::nullopt;
  const auto [year, month, day, hour, minute, second] = parts;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::size_t at = second_end;
  const int ms = fraction_ms(text, at);
  const int offset = offset_minutes(text.substr(at));
  if (ms < 0 || offset >= 1'440) return std::nullopt;
  const int early = month < 3 ? 1 : 0;
  const int days = days_before_year(year - early) + days_before_month(month - 3 + 12 * early) + day - 1 - epoch_days;
  const std::int64_t result = days * day_ms + ((hour * 60 + minute - offset) * 60 + second) * 1'000 + ms;
  if (result < 0 || result > latest_ms) return std::nullopt;
  return Timestamp{result};
}

std::optional<Timestamp> TimestampReader::read(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  if (text.size() == timestamp_chars && text[23] == 'Z' && bytes::equal(text.data(), date_.data(), date_bytes)) {
    std::uint64_t clock = 0;
    std::uint32_t fraction = 0;
    std::memcpy(&clock, text.data() + date_bytes, sizeof clock);
    std::memcpy(&fraction, text.data() + second_end, sizeof fraction);
    clock ^= 0x3030'3a30'303a'3030;  // `00:00:00`: a digit is its value now, a sign is 0.
    fraction ^= 0x3030'302e;         // `.000`
    // What is more, or no ASCII, gets a byte's highest bit.
    const std::uint64_t clock_over = clock | (clock + 0x7676'7f76'767f'7676);
    const std::uint32_t fraction_over = fraction | (fraction + 0x7676'767f);
    const auto two = [clock](int at) { return static_cast<int>((clock >> at & 15) * 10 + (clock >> (at + 8) & 15)); };
    const int hour = two(0), minute = two(24), second = two(48);
    const bool is_clock = ((clock_over & 0x8080'8080'8080'8080) | (fraction_over & 0x8080'8080)) == 0;
    if (is_clock && hour < 24 && minute < 60 && second < 60) {
      const auto ms = static_cast<int>((fraction >> 8 & 15) * 100 + (fraction >> 16 & 15) * 10 + (fraction >> 24));
      return Timestamp{day_ms_ + ((hour * 60 + minute) * 60 + second) * 1'000 + ms};
    }
  }
  const std::optional<Timestamp> time = parse_timestamp(text);
  if (time && is_canonical_timestamp(text)) {
    std::copy_n(text.data(), date_bytes, date_.data());
    day_ms_ = time->ms - time->ms % day_ms;
  }
  return time;
}

[[gnu::noinline]] void format_timestamp(Timestamp time, char* out) {
  const std::int64_t ms = std::clamp<std::int64_t>(time.ms, 0, latest_ms);
  const int days = static_cast<int>(ms / day_ms) + epoch_days, rest = static_cast<int>(ms % day_ms);
  const int in_cycle = days % cycle_days;
  const int year_of_cycle = (in_cycle - in_cycle / 1'460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
  const int in_year = in_cycle - days_before_year(year_of_cycle);
  const int march_month = (5 * in_year + 2) / 153;
  const int late = march_month >= 10 ? 1 : 0;
  std::copy(shape.begin(), shape.end(), out);
  put(out + 4, days / cycle_days * 400 + year_of_cycle + late, 4);
  put(out + 7, march_month + 3 - 12 * late, 2);
  put(out + 10, in_year - days_before_month(march_month) + 1, 2);
  put(out + 13, rest / 3'600'000, 2);
  put(out + 16, rest / 60'000 % 60, 2);
  put(out + 19, rest / 1'000 % 60, 2);
  put(out + 23, rest, 3);
}

}  // namespace mayday
