#include "redact_digits.h"

namespace mayday::redaction {
namespace {

constexpr bool is_separator(char c) { return is(c, separator_class); }

/// ISO/IEC 7812-1, annex B.
bool passes_luhn(const Digits& digits, std::size_t count) {
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int value = digits.value[count - 1 - i] - '0';
    if (i % 2 == 1) value *= 2;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

/// An issuer's numbers by their first four digits, and how many digits they have: a bit for each length.
struct Issuer {
  std::uint16_t first, last;
  std::uint32_t lengths;
};
constexpr std::uint32_t length(int digits) { return std::uint32_t{1} << digits; }
constexpr std::uint32_t long_ones = length(16) | length(17) | length(18) | length(19);
constexpr std::uint32_t maestro = length(12) | length(13) | length(14) | length(15) | long_ones;

/// Without the issuers' ranges and lengths one number in ten of any kind would be a card.
constexpr std::array<Issuer, 20> issuers{{
    {2200, 2204, long_ones},                // Mir
    {2221, 2720, length(16)},               // Mastercard
    {3000, 3059, length(14) | length(16)},  // Diners Club
    {3095, 3095, length(14) | length(16)},
    {3400, 3499, length(15)},  // American Express
    {3528, 3589, long_ones},   // JCB
    {3600, 3699, length(14) | length(16)},
    {3700, 3799, length(15)},
    {3800, 3999, length(14) | length(16)},
    {4000, 4999, length(13) | length(16) | length(19)},  // Visa
    {5018, 5020, maestro},
    {5038, 5038, maestro},
    {5061, 5061, length(16) | length(19)},  // Verve
    {5100, 5599, length(16)},               // Mastercard
    {5893, 5893, maestro},
    {6011, 6011, long_ones},  // Discover
    {6200, 6299, long_ones},  // UnionPay
    {6304, 6304, maestro},
    {6440, 6599, long_ones},  // Discover, RuPay
    {6759, 6763, maestro},
}};

bool is_card_number(const Digits& digits, std::size_t count) {
  int prefix = 0;
  for (std::size_t i = 0; i < 4; ++i) prefix = prefix * 10 + (digits.value[i] - '0');
  for (const Issuer& issuer : issuers) {
    if (prefix >= issuer.first && prefix <= issuer.last && (issuer.lengths >> count & 1)) {
      return passes_luhn(digits, count);
    }
  }
  return false;
}

/// As cards are embossed: fours, or 4-6-5 and 4-6-4.
bool is_card_grouping(const Digits& digits, std::size_t groups) {
  if (groups == 1) return true;
  const char separator = digits.group[1].separator;
  if (separator != ' ' && separator != '-' && separator != '.' && separator != '+') return false;
  if (groups == 3 && digits.group[2].size >= 4 && digits.starts_with({4, 6}, separator)) return true;
  for (std::size_t i = 0; i < groups; ++i) {
    const Digits::Group& group = digits.group[i];
    if (group.size > 4 || (group.size < 4 && i + 1 < groups)) return false;
    if (i > 0 && (group.separator != separator || !group.one_separator)) return false;
  }
  return true;
}

/// The longest such number that the groups begin with: a check code or a date may follow.
Match find_card(const Text& text, const Digits& digits) {
  for (std::size_t groups = digits.groups; groups > 0; --groups) {
    const Digits::Group& last = digits.group[groups - 1];
    if (last.count < 12 || last.count > 19 || !is_card_grouping(digits, groups)) continue;
    const bool more_follows =
        groups < digits.groups && digits.group[groups].separator != ' ' && digits.group[groups].separator != '/';
    if (is_alnum(text.at(last.end)) || more_follows || !is_card_number(digits, last.count)) continue;
    // A 13-digit number is rather an article's.
    if (last.count == 13 && words_before(text, digits.begin).any_in(" ean gtin isbn upc barcode ")) return {};
    return {.begin = digits.begin, .end = last.end, .kind = Secret::card};
  }
  return {};
}

/// SSA's numbering: no area 000, 666 or 9xx, no group 00, no serial 0000. Without dashes, where a word says what it is.
Match find_ssn(const Text& text, const Digits& digits) {
  const bool dashes = digits.starts_with({3, 2, 4}, '-');
  const bool plain = digits.starts_with({9}, '\0');
  if (!dashes && !plain && !digits.starts_with({3, 2, 4}, ' ')) return {};
  const std::size_t end = digits.group[plain ? 0 : 2].end;
  const std::string_view value(digits.value.data(), 9);
  if (!ends_alone(text, end) || value.starts_with("000") || value.starts_with("666") || value[0] == '9' ||
      value.substr(3, 2) == "00" || value.substr(5) == "0000") {
    return {};
  }
  constexpr std::string_view names = " ssn ssns security ss ssnumber ";
  if (!dashes && !is_about(words_before(text, digits.begin), names)) return {};
  return {.begin = digits.begin, .end = end, .kind = Secret::ssn};
}

/// ISO 13616, the registry's countries with the lengths of their IBANs.
constexpr std::string_view iban_lengths =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE"
    "22"
    "GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT"
    "31"
    "MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG"
    "24"
    "XK20YE30";

std::size_t iban_length(char first, char second) {
  for (std::size_t i = 0; i < iban_lengths.size(); i += 4) {
    if (iban_lengths[i] == first && iban_lengths[i + 1] == second)
      return static_cast<std::size_t>((iban_lengths[i + 2] - '0') * 10 + iban_lengths[i + 3] - '0');
  }
  return 0;
}

}  // namespace

bool Digits::starts_with(std::initializer_list<std::uint8_t> sizes, char separator) const {
  if (sizes.size() > groups) return false;
  std::size_t i = 0;
  for (std::uint8_t size : sizes) {
    if (group[i].size != size || (i > 0 && (group[i].separator != separator || !group[i].one_separator))) return false;
    ++i;
  }
  return true;
}

Digits read_digits(const Text& text, std::size_t at) {
  Digits digits;
  digits.begin = at;
  std::size_t count = 0;
  while (digits.groups < Digits::groups_max) {
    const std::size_t begin = at, before = count;
    for (; is_digit(text.at(at)) && count < Digits::count_max; ++at) digits.value[count++] = text.bytes[at];
    if (is_digit(text.at(at))) {
      if (digits.groups == 0) return {};
      break;
    }
    Digits::Group& group = digits.group[digits.groups];
    group.end = at;
    group.size = static_cast<std::uint8_t>(count - before);
    group.count = static_cast<std::uint8_t>(count);
    if (digits.groups++ > 0) group.separator = text.bytes[digits.group[digits.groups - 2].end];
    if (digits.groups > 1) group.one_separator = begin - digits.group[digits.groups - 2].end == 1;
    std::size_t next = at;
    while (next - at < 3 && is_separator(text.at(next))) ++next;
    if (next == at || !is_digit(text.at(next))) break;
    at = next;
  }
  return digits;
}

bool ends_alone(const Text& text, std::size_t end) {
  const char after = text.at(end);
  if (is_alnum(after) || after == '_') return false;
  return !((after == '.' || after == '-') && is_alnum(text.at(end + 1)));
}

bool is_about(Words words, std::string_view list) {
  constexpr std::string_view fillers = " number numbers no nr num is was at to on me us s your my the of value app ";
  while (words.last_is_in(fillers)) words.drop_last();
  return words.last_is_in(list);
}

namespace {

/// Most numbers are short, and read no further: `1.2.3.4` and `5550123` are the shortest of ours.
bool is_long_enough(const Text& text, std::size_t at) {
  std::size_t size = 0;
  while (size < 7 && (is_digit(text.at(at + size)) || is_separator(text.at(at + size)))) ++size;
  return size == 7;
}

}  // namespace

Match find_number(const Text& text, std::size_t at) {
  const char before = text.before(at);
  const bool in_number = (before == '.' || before == '-') && is_digit(text.before(at - 1));
  if (is_alnum(before) || in_number || !is_long_enough(text, at)) return {};
  const Digits digits = read_digits(text, at);
  const Match card = find_card(text, digits);
  // A number that is part of a name, a decimal or a UUID is none of the others.
  if (card.found() || before == '_' || before == '.') return card;
  if (before == '-') return at - 1 == text.floor && at > 1 ? find_ipv4(text, digits) : card;  // The end of a range.
  for (const auto find : {find_ssn, find_ipv4}) {
    const Match match = find(text, digits);
    if (match.found()) return match;
  }
  return find_national_phone(text, digits, at);
}

Match find_iban(const Text& text, std::size_t at) {
  const auto upper = [&](std::size_t i) {
    return static_cast<char>(is_lower(text.at(i)) ? text.at(i) - 0x20 : text.at(i));
  };
  if (is_alnum(text.before(at)) || !is_digit(text.at(at + 2)) || !is_digit(text.at(at + 3))) return {};
  const std::size_t length = iban_length(upper(at), upper(at + 1));
  std::array<char, 34> account{};
  std::size_t count = 0;
  std::size_t end = at;
  for (; count < length; ++end) {
    const char c = upper(end);
    if (is_upper(c) || is_digit(c))
      account[count++] = c;
    else if ((c != ' ' && c != '-') || count % 4 != 0 || !is_alnum(text.at(end + 1)))
      return {};
  }
  if (count == 0 || is_alnum(text.at(end))) return {};
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

}  // namespace mayday::redaction
