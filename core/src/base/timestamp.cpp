#include "mayday/base/timestamp.h"

#include <algorithm>
#include <chrono>

namespace mayday {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t latest_ms = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

/// Digits of a text that is long enough; remembers whether one of them was none.
struct Digits {
  std::string_view text;
  unsigned strange = 0;

  int digit(std::size_t at) {
    const auto value = static_cast<unsigned>(static_cast<unsigned char>(text[at])) - '0';
    strange |= value > 9 ? 1u : 0u;
    return static_cast<int>(value);
  }
  int two(std::size_t at) { return digit(at) * 10 + digit(at + 1); }
};

bool is(std::string_view text, std::size_t at, char lower) { return at < text.size() && (text[at] | 0x20) == lower; }

/// Reads `.123456`, cut to milliseconds; moves `at` behind it. -1 where the dot has no digit behind it.
int fraction_ms(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  int ms = 0;
  std::size_t count = 0;
  for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count) {
    if (count < 3) ms = ms * 10 + (text[at] - '0');
  }
  if (count == 0) return -1;
  for (; count < 3; ++count) ms *= 10;
  return ms;
}

/// Reads `Z` or `+01:30` at the end of `text`, in minutes east.
std::optional<int> offset_minutes(std::string_view text, std::size_t at) {
  if (is(text, at, 'z') && at + 1 == text.size()) return 0;
  if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') return std::nullopt;
  Digits digits{text};
  const int hours = digits.two(at + 1), minutes = digits.two(at + 4);
  if (digits.strange != 0 || hours > 23 || minutes > 59) return std::nullopt;
  return (text[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

void put(char* out, int value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  constexpr std::size_t chars_min = 20;  // Without a fraction, in UTC.
  if (text.size() < chars_min) return std::nullopt;
  Digits digits{text};
  const int year = digits.two(0) * 100 + digits.two(2), month = digits.two(5), day = digits.two(8);
  const int hour = digits.two(11), minute = digits.two(14), second = digits.two(17);
  if (digits.strange != 0 || year < 1970) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || !is(text, 10, 't') || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::size_t at = 19;
  const int ms = fraction_ms(text, at);
  const std::optional<int> offset = offset_minutes(text, at);
  if (ms < 0 || !offset) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = (hour * 60 + minute - *offset) * 60 + second;
  const std::int64_t result = days * day_ms + seconds * 1'000 + ms;
  if (result < 0 || result > latest_ms) return std::nullopt;
  return Timestamp{result};
}

void format_timestamp(Timestamp time, char* out) {
  const std::int64_t ms = std::clamp<std::int64_t>(time.ms, 0, latest_ms);
  const std::chrono::sys_days days{std::chrono::days{static_cast<int>(ms / day_ms)}};
  const std::chrono::year_month_day date{days};
  const int rest = static_cast<int>(ms % day_ms);
  for (int i = 0; i < static_cast<int>(timestamp_chars); ++i) out[i] = "0000-00-00T00:00:00.000Z"[i];
  put(out, static_cast<int>(date.year()), 4);
  put(out + 5, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put(out + 8, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put(out + 11, rest / 3'600'000, 2);
  put(out + 14, rest / 60'000 % 60, 2);
  put(out + 17, rest / 1'000 % 60, 2);
  put(out + 20, rest % 1'000, 3);
}

}  // namespace mayday
