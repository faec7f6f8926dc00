#include "redact_digits.h"

namespace mayday::redaction {
namespace {

/// Words before `1.2.3.4` that make it a version, or a place in a document.
constexpr std::string_view version_words =
    " version versions ver v release released build firmware rev revision rv upgrade upgraded upgrading downgrade "
    "downgraded update updated fileversion assemblyversion section chapter clause sdk driver plugin assembly oid ";

/// `Chrome/120.0.1.2`: a product and its version (RFC 9110, section 10.1.5). A path's segment stands behind a slash too.
bool follows_product(const Text& text, std::size_t at) {
  if (text.before(at) != '/') return false;
  std::size_t begin = at - 1;
  while (begin > text.floor && at - begin < 32 && (is_alnum(text.bytes[begin - 1]) || text.bytes[begin - 1] == '-'))
    --begin;
  const char before = text.before(begin);
  return begin < at - 1 && (before == '\0' || is_space(before) || before == '(' || is_quote(before));
}

/// `==1.2.3.4`, `>=1.2.3.4`, `~1.2.3.4`, `^1.2.3.4`: a range of versions.
bool follows_range(const Text& text, std::size_t at) {
  while (text.before(at) == ' ') --at;
  const char sign = text.before(at);
  if (sign == '~' || sign == '^') return true;
  const char before = text.before(at - 1);
  return sign == '=' && (before == '=' || before == '>' || before == '<' || before == '~' || before == '!');
}

/// Where the four octets at `begin` end; `begin` if there are none.
std::size_t octets_end(const Digits& digits) {
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& group = digits.group[i];
    if (i >= digits.groups || group.size > 3 || (i > 0 && (group.separator != '.' || !group.one_separator)))
      return digits.begin;
    const char* value = digits.value.data() + group.count - group.size;
    if ((group.size == 3 && std::string_view(value, 3) > "255") || (group.size == 2 && value[0] == '0'))
      return digits.begin;
  }
  if (digits.groups > 4 && digits.group[4].separator == '.' && digits.group[4].one_separator) return digits.begin;
  return digits.group[3].end;
}

}  // namespace

Match find_ipv4(const Text& text, const Digits& digits) {
  const std::size_t begin = digits.begin, end = octets_end(digits);
  if (end == begin) return {};
  const char after = text.at(end);
  if (is_alnum(after) || after == '_' || ((after == '-' || after == '+') && is_alpha(text.at(end + 1)))) return {};
  const std::string_view value = text.piece(begin, end);
  // Loopback, no address, a mask, a first release.
  if (value.starts_with("127.") || value.starts_with("0.") || value.starts_with("255.")) return {};
  if (value.ends_with(".0.0.0") && after != '/') return {};
  if (follows_product(text, begin) || follows_range(text, begin)) return {};
  if (words_before(text, begin).any_in(version_words)) return {};
  return {.begin = begin, .end = end, .kind = Secret::ip};
}

/// RFC 4291, section 2.2: eight groups, or fewer around one `::`; the last two may be an IPv4 address. Fewer groups than
/// two, or no digit at all, are rather a name in a language with `::` between names; eight bytes are a hardware address.
Match find_ipv6(const Text& text, std::size_t at) {
  std::size_t begin = at;
  while (begin > text.floor && at - begin < 5 && is_hex(text.bytes[begin - 1])) --begin;
  // The machine itself, perhaps with a port: `::1:6379`.
  if (text.has(begin, "::1") && !is_hex(text.at(begin + 3))) return {};
  const char before = text.before(begin);
  // Behind a name and a colon, `ip:2001:db8::1`.
  const bool named = before == ':' && is_alpha(text.before(begin - 1)) && !is_hex(text.before(begin - 1));
  if (is_alnum(before) || before == '_' || (before == ':' && !named) || before == '.') return {};
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
  if (text.at(end) == '.' && run > 0) {
    const Digits last = read_digits(text, end - run);
    const std::size_t octets = octets_end(last);
    if (octets > last.begin) groups += 1, digits += 4, end = octets;
  }
  if (end > begin && text.at(end - 1) == ':' && text.before(end - 1) != ':') --end;
  if (is_alnum(text.at(end)) || text.at(end) == '_') return {};
  const bool bytes = digits == 16 && text.at(begin + 2) == ':' && text.at(begin + 5) == ':';
  const bool full = doubles == 0 && groups == 8 && !bytes;
  const bool shortened = doubles == 1 && groups >= 2 && groups <= 7 && digits >= 4 && decimals > 0;
  if (!full && !shortened) return {};
  // The zone (RFC 4007, section 11) names the machine's interface.
  if (text.at(end) == '%') {
    std::size_t zone = end + 1;
    while (zone - end <= 16 && is_alnum(text.at(zone))) ++zone;
    if (zone > end + 1) end = zone;
  }
  return {.begin = begin, .end = end, .kind = Secret::ip};
}

}  // namespace mayday::redaction
