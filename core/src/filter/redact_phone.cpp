#include "redact_digits.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t count_max = 15;  // E.164, section 6.2.1

/// Behind these words any number is a phone's.
constexpr std::string_view phone_words =
    " phone ph telephone phonenumber cellphone homephone workphone tel mobile mobilenumber cell fax call called "
    "calling "
    "dial "
    "dialed sms whatsapp whats msisdn telefon handy ";
/// Behind these none is, however it looks.
constexpr std::string_view other_words =
    " order orders invoice tracking isbn issn ean gtin upc sku serial part ticket case ref reference id uuid version "
    "build "
    "timestamp epoch time date parcel shipment commit hash code batch lot model offset bytes size lat lng lon doi "
    "orcid "
    "account ";

/// The group with which a phone's number ends: the last that fits into E.164, and none of one digit behind a whole number.
std::size_t last_group(const Digits& digits, std::size_t most) {
  std::size_t groups = digits.groups;
  while (groups > 1 && digits.group[groups - 1].count > most) --groups;
  while (groups > 1 && digits.group[groups - 1].size == 1 && digits.group[groups - 1].separator == ' ' &&
         digits.group[groups - 2].count >= 9) {
    --groups;
  }
  return groups - 1;
}

bool is_date(const Digits& digits) {
  for (char separator : {'-', '.', '/', ' '}) {
    if (digits.starts_with({4, 2, 2}, separator) || digits.starts_with({2, 2, 4}, separator)) return true;
  }
  return false;
}

/// Seconds or milliseconds since 1970, in this century's first half.
bool is_epoch(const Digits& digits) {
  return digits.groups == 1 && (digits.count() == 10 || digits.count() == 13) && digits.value[0] == '1';
}

/// ` ext. 12`, ` x12`, `;ext=12` (RFC 3966) behind a number.
std::size_t extension_end(const Text& text, std::size_t end) {
  std::size_t at = end;
  while (at - end < 2 && (text.at(at) == ' ' || text.at(at) == ',' || text.at(at) == ';')) ++at;
  const std::size_t word = at;
  for (std::string_view name : {"extension", "ext", "x", "#"}) {
    if (!has_word(text, word, name)) continue;
    at = word + name.size();
    while (text.at(at) == '.' || text.at(at) == ' ' || text.at(at) == '=' || text.at(at) == ':') ++at;
    const std::size_t digits = at;
    while (is_digit(text.at(at)) && at - digits < 6) ++at;
    return at > digits && !is_alnum(text.at(at)) ? at : end;
  }
  return end;
}

Match phone(const Text& text, std::size_t begin, std::size_t end) {
  const std::size_t whole = extension_end(text, end);
  if (whole == end && !ends_alone(text, end)) return {};
  return {.begin = begin, .end = whole, .kind = Secret::phone};
}

/// The North American plan, in groups 3-3-4 behind an optional 1: no area or office begins with 0 or 1, and 200, 300 and 400
/// are no areas. The groups of one number are set apart alike.
std::size_t nanp_groups(const Digits& digits, std::size_t first) {
  if (digits.groups < first + 3) return 0;
  const auto& area = digits.group[first];
  const auto& office = digits.group[first + 1];
  const auto& line = digits.group[first + 2];
  if (area.size != 3 || office.size != 3 || line.size != 4 || !line.one_separator) return 0;
  const char* value = digits.value.data() + area.count - 3;
  if (value[0] < '2' || value[3] < '2' || (value[0] <= '4' && value[1] == '0' && value[2] == '0')) return 0;
  const bool open = office.separator == ')';
  const bool mixed = office.separator == ' ' && line.separator == '-';
  if (!open && !mixed && (!office.one_separator || office.separator != line.separator)) return 0;
  return first + 3;
}

/// Trunk prefix 0, area, subscriber: 9 to 12 digits in several groups. Not a date, not a ZIP code with its four.
bool is_trunk_number(const Digits& digits) {
  const auto& first = digits.group[0];
  const char separator = digits.groups > 1 ? digits.group[1].separator : '\0';
  if (digits.value[0] != '0' || digits.value[1] == '0' || digits.count() < 9 || digits.count() > 12) return false;
  if (digits.groups < 2 || first.size < 2 || first.size > 5 || is_date(digits)) return false;
  if (digits.groups == 2 && (separator == '.' || (first.size == 5 && digits.group[1].size == 4))) return false;
  for (std::size_t i = 1; i < digits.groups; ++i) {
    const auto& group = digits.group[i];
    if (group.size < 2) return false;
    if (i > 1 && (group.separator != digits.group[2].separator || !group.one_separator || group.separator == '/'))
      return false;
  }
  return true;
}

/// True if the number stands in a row of numbers, as a table prints them.
bool is_in_row(const Text& text, const Digits& digits, std::size_t groups) {
  const bool after = groups < digits.groups;
  return after || (text.before(digits.begin) == ' ' && is_digit(text.before(digits.begin - 1)));
}

/// How many groups make a phone's number by their form alone; 0 if they do not.
std::size_t national_groups(const Text& text, const Digits& digits) {
  const bool leading_one = digits.group[0].size == 1 && digits.value[0] == '1';
  if (const std::size_t groups = nanp_groups(digits, leading_one ? 1 : 0)) {
    const bool spaced = digits.group[groups - 1].separator == ' ' && digits.group[groups - 2].separator == ' ';
    return spaced && is_in_row(text, digits, groups) ? 0 : groups;
  }
  if (is_trunk_number(digits) && !is_in_row(text, digits, digits.groups)) return digits.groups;
  // 00 in the place of +, behind it a country's code.
  const bool abroad =
      digits.value[0] == '0' && digits.value[1] == '0' && digits.value[2] != '0' && digits.group[0].size >= 4;
  if (abroad && digits.count() >= (digits.groups == 1 ? 12 : 11) && digits.count() <= count_max + 2 && !is_date(digits))
    return digits.groups;
  return 0;
}

/// `(02) 9876 5432`, `(11) 91234-5678`, `(415) 555-2671`.
Match find_open_phone(const Text& text, std::size_t at) {
  const Digits digits = read_digits(text, at + 1);
  if (digits.groups < 2 || digits.group[1].separator != ')') return {};
  std::size_t groups = nanp_groups(digits, 0);
  if (groups == 0 && is_trunk_number(digits)) groups = digits.groups;
  if (groups == 0 && digits.groups == 3 && digits.group[0].size == 2 && digits.group[1].size >= 4 &&
      digits.group[1].size <= 5 && digits.group[2].size == 4) {
    groups = 3;
  }
  return groups == 0 ? Match{} : phone(text, at, digits.group[groups - 1].end);
}

/// `+48.858370` is a coordinate; `+1.7035555555` is how registrars print a phone (RFC 5733).
bool is_decimal(const Digits& digits) {
  return digits.groups == 2 && digits.group[1].separator == '.' &&
         (digits.group[1].size < 8 || digits.group[1].size > 12);
}

}  // namespace

Match find_national_phone(const Text& text, const Digits& digits, std::size_t begin) {
  if (digits.count() < 7 || digits.count() > Digits::count_max) return {};
  const Words words = words_before(text, begin);
  if (is_about(words, phone_words) && !is_date(digits) && !is_epoch(digits)) {
    const auto& last = digits.group[last_group(digits, count_max)];
    if (last.count >= 7) return phone(text, begin, last.end);
  }
  const std::size_t groups = national_groups(text, digits);
  if (groups == 0 || is_about(words, other_words)) return {};
  return phone(text, begin, digits.group[groups - 1].end);
}

/// E.164: a country code that does not begin with 0, 8 to 15 digits; without any separator, 9.
Match find_phone(const Text& text, std::size_t at) {
  const char before = text.before(at);
  if (is_alnum(before) || before == '_') return {};
  if (text.at(at) == '(') return find_open_phone(text, at);
  const Digits digits = read_digits(text, at + (text.at(at) == '%' ? 3 : 1));
  if (digits.count() < 8 || digits.value[0] == '0' || is_decimal(digits)) return {};
  const auto& last = digits.group[last_group(digits, digits.value[0] == '1' ? 11 : count_max)];
  if (last.count < (digits.groups == 1 ? 9 : 8) || last.count > count_max) return {};
  return phone(text, at, last.end);
}

}  // namespace mayday::redaction
