#include <array>

#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr bool is_token(char c) {
  return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/' || c == '=';
}

template <typename Accept>
std::size_t run_end(const Text& text, std::size_t at, Accept accept) {
  while (at < text.size() && accept(text.bytes[at])) ++at;
  return at;
}

/// A key by its maker's prefix: what must follow, and how much of it at least.
struct Prefix {
  std::string_view spelling;
  std::size_t rest_min;
  Secret kind;
  bool capitals_only = false;
};

/// Told by their first letters.
constexpr std::array first_letter_prefixes{
    Prefix{"AKIA", 16, Secret::aws, true}, Prefix{"ASIA", 16, Secret::aws, true}, Prefix{"AIza", 35, Secret::google},
    Prefix{"ya29.", 20, Secret::google},   Prefix{"xoxb-", 10, Secret::slack},    Prefix{"xoxp-", 10, Secret::slack},
    Prefix{"xoxa-", 10, Secret::slack},    Prefix{"xoxr-", 10, Secret::slack},    Prefix{"xoxs-", 10, Secret::slack},
    Prefix{"xapp-", 10, Secret::slack},
};

/// Told by their first underscore.
constexpr std::array underscore_prefixes{
    Prefix{"ghp_", 30, Secret::github},     Prefix{"gho_", 30, Secret::github},
    Prefix{"ghu_", 30, Secret::github},     Prefix{"ghs_", 30, Secret::github},
    Prefix{"ghr_", 30, Secret::github},     Prefix{"github_pat_", 22, Secret::github},
    Prefix{"sk_live_", 10, Secret::stripe}, Prefix{"sk_test_", 10, Secret::stripe},
    Prefix{"rk_live_", 10, Secret::stripe}, Prefix{"rk_test_", 10, Secret::stripe},
    Prefix{"pk_live_", 10, Secret::stripe}, Prefix{"pk_test_", 10, Secret::stripe},
    Prefix{"whsec_", 16, Secret::stripe},
};

Match match_prefix(const Text& text, std::size_t at, const Prefix& prefix) {
  if (text.bytes.substr(at, prefix.spelling.size()) != prefix.spelling) return {};
  const std::size_t begin = at + prefix.spelling.size();
  const std::size_t end = prefix.capitals_only ? run_end(text, begin, [](char c) { return is_upper(c) || is_digit(c); })
                                               : run_end(text, begin, is_base64url);
  if (end - begin < prefix.rest_min) return {};
  return {.begin = at, .end = end, .kind = prefix.kind};
}

Match find_by_first_letters(const Text& text, std::size_t at) {
  for (const Prefix& prefix : first_letter_prefixes) {
    if (text.bytes[at] != prefix.spelling[0]) continue;
    const Match match = match_prefix(text, at, prefix);
    if (match.found()) return match;
  }
  return {};
}

/// RFC 7519: three base64url parts; the first is a JSON object, so it begins with `eyJ`.
Match find_jwt(const Text& text, std::size_t at) {
  // A run that was refused is not read again from its middle.
  if (text.bytes.substr(at, 3) != "eyJ" || is_base64url(text.before(at))) return {};
  const std::size_t header = run_end(text, at, is_base64url);
  if (text.at(header) != '.' || header - at < 10) return {};
  const std::size_t payload = run_end(text, header + 1, is_base64url);
  if (payload - header < 5) return {};
  const std::size_t end = text.at(payload) == '.' ? run_end(text, payload + 1, is_base64url) : payload;
  return {.begin = at, .end = end, .kind = Secret::jwt};
}

/// A credential is told from prose by what prose never has: a digit in a long word, or capitals inside.
bool looks_random(std::string_view word) {
  bool digit = false, capital_inside = false, small = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    digit = digit || is_digit(word[i]);
    capital_inside = capital_inside || (i > 0 && is_upper(word[i]));
    small = small || is_lower(word[i]);
  }
  return word.size() >= 8 && (digit || (capital_inside && small) || word.back() == '=' || word.size() >= 24);
}

/// `Bearer <token>` (RFC 6750) and `Basic <token>` (RFC 7617): the scheme stays.
Match find_scheme(const Text& text, std::size_t at, std::string_view name, Secret kind) {
  if (!has_word(text, at, name) || !is_space(text.at(at + name.size()))) return {};
  std::size_t begin = at + name.size();
  while (is_space(text.at(begin))) ++begin;
  const std::size_t end = run_end(text, begin, is_token);
  if (!looks_random(text.bytes.substr(begin, end - begin))) return {};
  return {.begin = begin, .end = end, .kind = kind};
}

}  // namespace

Match find_token(const Text& text, std::size_t at) {
  const char before = text.before(at);
  if (is_alnum(before)) return {};
  switch (lower(text.bytes[at])) {
    case 'b': {
      const Match bearer = find_scheme(text, at, "bearer", Secret::bearer);
      return bearer.found() ? bearer : find_scheme(text, at, "basic", Secret::basic);
    }
    case 'e': return find_jwt(text, at);
    case 'a':
    case 'x':
    case 'y': return find_by_first_letters(text, at);
    default: return {};
  }
}

Match find_prefixed_key(const Text& text, std::size_t at) {
  for (const Prefix& prefix : underscore_prefixes) {
    const std::size_t before = prefix.spelling.find('_');
    if (at < text.floor + before || is_alnum(text.before(at - before))) continue;
    const Match match = match_prefix(text, at - before, prefix);
    if (match.found()) return match;
  }
  return {};
}

/// PEM (RFC 7468): `-----BEGIN ... PRIVATE KEY-----` up to its end line, or to the end of the text where that is cut.
Match find_private_key(const Text& text, std::size_t at) {
  constexpr std::string_view begin_mark = "-----BEGIN ";
  constexpr std::string_view key_mark = "PRIVATE KEY";
  if (text.bytes.substr(at, begin_mark.size()) != begin_mark) return {};
  const std::string_view label = text.bytes.substr(at + begin_mark.size(), 48);
  if (label.find(key_mark) == std::string_view::npos) return {};
  const std::size_t end_line = text.bytes.find("-----END ", at);
  if (end_line == std::string_view::npos) return {.begin = at, .end = text.size(), .kind = Secret::private_key};
  const std::size_t closing = text.bytes.find("-----", end_line + 9);
  const std::size_t end = closing == std::string_view::npos ? text.size() : closing + 5;
  return {.begin = at, .end = end, .kind = Secret::private_key};
}

}  // namespace mayday::redaction
