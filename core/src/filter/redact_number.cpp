#include <array>

#include "redact_rules.h"

namespace mayday::redaction {
namespace {

/// A number that is part of a word, a decimal, a path of ids or a UUID is none of ours.
bool begins_alone(const Text& text, std::size_t at) {
  const char before = text.before(at);
  return !is_alnum(before) && before != '_' && before != '.' && before != '-' && !is_past_ascii(before);
}

bool ends_alone(const Text& text, std::size_t end) {
  const char after = text.at(end);
  if (is_alnum(after) || after == '_') return false;
  return !((after == '.' || after == '-') && is_alnum(text.at(end + 1)));
}

/// Digits with at most one separator between two of them.
struct Digits {
  std::array<char, 20> value{};
  std::size_t count = 0;
  std::size_t end = 0;
  std::size_t groups = 1;
};

Digits read_digits(const Text& text, std::size_t at, std::string_view separators, std::size_t count_max) {
  Digits digits;
  digits.end = at;
  for (std::size_t i = at; i < text.size() && digits.count < count_max; ++i) {
    const char c = text.bytes[i];
    if (is_digit(c)) {
      digits.value[digits.count++] = c;
      digits.end = i + 1;
    } else if (separators.find(c) == std::string_view::npos || i != digits.end || !is_digit(text.at(i + 1))) {
      break;
    } else {
      ++digits.groups;
    }
  }
  return digits;
}

/// ISO/IEC 7812-1, annex B.
bool passes_luhn(const Digits& digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.count; ++i) {
    int value = digits.value[digits.count - 1 - i] - '0';
    if (i % 2 == 1) value *= 2;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

/// The issuers' ranges and lengths: without them one number in ten of any kind would be a card.
bool is_card_number(const Digits& digits) {
  int prefix = 0;
  for (std::size_t i = 0; i < 4; ++i) prefix = prefix * 10 + (digits.value[i] - '0');
  const auto in = [&](int low, int high) { return prefix >= low && prefix <= high; };
  switch (digits.count) {
    case 13: return in(4000, 4999);
    case 14: return in(3000, 3059) || in(3600, 3699) || in(3800, 3999);
    case 15: return in(3400, 3499) || in(3700, 3799);
    case 16:
      return in(4000, 4999) || in(5100, 5599) || in(2221, 2720) || in(6011, 6011) || in(6440, 6599) || in(3528, 3589) ||
             in(6200, 6299);
    case 19: return in(4000, 4999) || in(6200, 6299) || in(6011, 6011);
    default: return false;
  }
}

Match find_card(const Text& text, std::size_t at) {
  const Digits digits = read_digits(text, at, " -", 20);
  if (digits.count < 13 || digits.count > 19 || !ends_alone(text, digits.end)) return {};
  if (!is_card_number(digits) || !passes_luhn(digits)) return {};
  return {.begin = at, .end = digits.end, .kind = Secret::card};
}

/// `digits` digits at `at`, no more.
bool group(const Text& text, std::size_t at, std::size_t digits) {
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text.at(at + i))) return false;
  }
  return !is_digit(text.at(at + digits));
}

Match find_ssn(const Text& text, std::size_t at) {
  if (!group(text, at, 3) || text.at(at + 3) != '-' || !group(text, at + 4, 2) || text.at(at + 6) != '-' ||
      !group(text, at + 7, 4) || !ends_alone(text, at + 11)) {
    return {};
  }
  const std::string_view area = text.bytes.substr(at, 3);
  if (area == "000" || area == "666" || area[0] == '9' || text.bytes.substr(at + 4, 2) == "00" ||
      text.bytes.substr(at + 7, 4) == "0000") {
    return {};
  }
  return {.begin = at, .end = at + 11, .kind = Secret::ssn};
}

/// A word before the number that makes `1.2.3.4` a version.
bool follows_version_word(const Text& text, std::size_t at) {
  while (at > text.floor && (is_space(text.bytes[at - 1]) || text.bytes[at - 1] == ':')) --at;
  std::size_t begin = at;
  while (begin > text.floor && is_alpha(text.bytes[begin - 1]) && at - begin < 12) --begin;
  const Text word{.bytes = text.bytes.substr(begin, at - begin)};
  for (std::string_view name : {"version", "release", "build", "ver", "v", "firmware", "chrome", "safari"}) {
    if (word.size() == name.size() && has_word(word, 0, name)) return true;
  }
  return false;
}

Match find_ipv4(const Text& text, std::size_t at) {
  std::size_t end = at;
  int first = 0;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && text.at(end++) != '.') return {};
    int value = 0;
    std::size_t digits = 0;
    for (; is_digit(text.at(end)) && digits < 4; ++end, ++digits) value = value * 10 + (text.at(end) - '0');
    if (digits == 0 || digits > 3 || value > 255) return {};
    if (octet == 0) first = value;
  }
  if (is_alnum(text.at(end)) || text.at(end) == '_' || (text.at(end) == '.' && is_digit(text.at(end + 1)))) return {};
  // A product's version follows a slash; an address follows two.
  if (text.before(at) == '/' && text.before(at - 1) != '/') return {};
  if (first == 127 || first == 0 || follows_version_word(text, at)) return {};
  return {.begin = at, .end = end, .kind = Secret::ip};
}

/// 555-123-4567, 555.123.4567 and, by `open`, (555) 123-4567: the North American plan.
Match find_nanp(const Text& text, std::size_t begin, std::size_t at, bool open) {
  if (!group(text, at, 3) || text.at(at) < '2') return {};
  std::size_t next = at + 3;
  if (open && text.at(next++) != ')') return {};
  const char separator = text.at(next);
  if (separator == '-' || separator == '.' || separator == ' ')
    ++next;
  else if (!open)
    return {};
  if (!open && separator == ' ') return {};
  if (!group(text, next, 3) || text.at(next) < '2') return {};
  const char second = text.at(next + 3);
  if (second != '-' && second != '.' && second != ' ') return {};
  if (!open && second != separator) return {};
  const std::size_t end = next + 8;
  if (!group(text, next + 4, 4) || !ends_alone(text, end)) return {};
  return {.begin = begin, .end = end, .kind = Secret::phone};
}

}  // namespace

Match find_number(const Text& text, std::size_t at) {
  if (!begins_alone(text, at)) return {};
  for (const auto find : {find_ssn, find_card, find_ipv4}) {
    const Match match = find(text, at);
    if (match.found()) return match;
  }
  return find_nanp(text, at, at, false);
}

Match find_phone(const Text& text, std::size_t at) {
  const char before = text.before(at);
  if (is_alnum(before) || before == '_') return {};
  if (text.at(at) == '(') return find_nanp(text, at, at + 1, true);
  // E.164: a country code that does not begin with 0, 8 to 15 digits.
  std::size_t count = 0;
  std::size_t end = at + 1;
  for (std::size_t i = at + 1; i < text.size() && count <= 15; ++i) {
    const char c = text.bytes[i];
    if (is_digit(c)) {
      ++count;
      end = i + 1;
    } else if (!(c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/') || i - end >= 2) {
      break;
    }
  }
  if (count < 8 || count > 15 || text.at(at + 1) == '0' || !is_digit(text.at(at + 1)) || !ends_alone(text, end))
    return {};
  return {.begin = at, .end = end, .kind = Secret::phone};
}

Match find_iban(const Text& text, std::size_t at) {
  if (!is_upper(text.at(at)) || !is_upper(text.at(at + 1)) || !is_digit(text.at(at + 2)) ||
      !is_digit(text.at(at + 3)) || !begins_alone(text, at)) {
    return {};
  }
  std::array<char, 34> account{};
  std::size_t count = 0;
  std::size_t end = at;
  for (std::size_t i = at; i < text.size() && count < account.size(); ++i) {
    const char c = text.bytes[i];
    if (is_upper(c) || is_digit(c)) {
      account[count++] = c;
      end = i + 1;
    } else if (c != ' ' || count % 4 != 0 || i != end) {
      break;
    }
  }
  if (count < 15 || !ends_alone(text, end)) return {};
  // ISO 7064, MOD 97-10, the first four characters moved to the end.
  unsigned rest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = account[(i + 4) % count];
    rest = is_digit(c) ? (rest * 10 + static_cast<unsigned>(c - '0')) % 97
                       : (rest * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97;
  }
  if (rest != 1) return {};
  return {.begin = at, .end = end, .kind = Secret::iban};
}

/// RFC 4291, section 2.2: eight groups, or fewer around one `::`. Fewer groups than two, or no digit at all, are rather a
/// name in a language with `::` between names.
Match find_ipv6(const Text& text, std::size_t at) {
  const auto is_hex = [](char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); };
  std::size_t begin = at;
  while (begin > text.floor && at - begin < 5 && is_hex(text.bytes[begin - 1])) --begin;
  const char before = text.before(begin);
  if (is_alnum(before) || before == '_' || before == ':' || before == '.') return {};
  std::size_t end = begin, groups = 0, run = 0, doubles = 0, digits = 0, decimals = 0;
  for (; end - begin < 40 && (is_hex(text.at(end)) || text.at(end) == ':'); ++end) {
    if (text.at(end) == ':') {
      if (end > begin && text.at(end - 1) == ':' && ++doubles > 1) return {};
      run = 0;
      continue;
    }
    if (++run > 4) return {};
    groups += run == 1;
    digits += 1;
    decimals += is_digit(text.at(end));
  }
  if (end > begin && text.at(end - 1) == ':' && text.before(end - 1) != ':') --end;
  if (is_alnum(text.at(end)) || text.at(end) == '_') return {};
  const bool full = doubles == 0 && groups == 8;
  const bool shortened = doubles == 1 && groups >= 2 && groups <= 7 && digits >= 4 && decimals > 0;
  if (!full && !shortened) return {};
  return {.begin = begin, .end = end, .kind = Secret::ip};
}

}  // namespace mayday::redaction
