#pragma once

#include <initializer_list>

#include "redact_rules.h"

namespace mayday::redaction {

/// A number as it is printed: digits in groups, with a sign or two between groups. Read once, then held against each kind.
struct Digits {
  static constexpr std::size_t count_max = 24;
  static constexpr std::size_t groups_max = 12;

  struct Group {
    std::size_t end = 0;        ///< Of its last digit, in the text.
    std::uint8_t size = 0;      ///< Digits.
    std::uint8_t count = 0;     ///< Digits up to its end.
    char separator = '\0';      ///< Before it; 0 for the first.
    bool one_separator = true;  ///< Not two or three of them, as in `) ` or ` (`.
  };

  std::array<char, count_max> value{};
  std::array<Group, groups_max> group{};
  std::size_t groups = 0;
  std::size_t begin = 0;

  std::size_t count() const { return groups == 0 ? 0 : group[groups - 1].count; }
  /// True if the first groups have these sizes, each behind one `separator`.
  bool starts_with(std::initializer_list<std::uint8_t> sizes, char separator) const;
};

/// The number at `at`; no groups if it is longer than any of ours.
Digits read_digits(const Text& text, std::size_t at);

/// True if what ends at `end` is no part of a longer word or number.
bool ends_alone(const Text& text, std::size_t end);

/// True if the words say that a number is one of `list`: `order number is` speaks of an ` order `.
bool is_about(Words words, std::string_view list);

/// A number in a national spelling, or one that its words call a phone's. `begin` is the text's first byte that goes.
Match find_national_phone(const Text& text, const Digits& digits, std::size_t begin);

/// RFC 791's dotted decimals, unless they are a version's.
Match find_ipv4(const Text& text, const Digits& digits);

}  // namespace mayday::redaction
