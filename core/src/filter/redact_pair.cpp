#include <array>

#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t name_bytes_max = 48;

/// Names whose value is a secret, without separators and in lower case.
constexpr std::array<std::string_view, 13> names{"password", "passwd",    "pwd",       "passphrase", "secret",
                                                 "token",    "apikey",    "accesskey", "privatekey", "authorization",
                                                 "cookie",   "sessionid", "credential"};

constexpr bool is_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

bool is_secret(std::string_view name) {
  std::array<char, name_bytes_max> folded;
  std::size_t size = 0;
  for (char c : name) {
    if (c != '_' && c != '-' && c != '.') folded[size++] = lower(c);
  }
  for (std::string_view secret : names) {
    if (std::string_view(folded.data(), size).find(secret) != std::string_view::npos) return true;
  }
  return false;
}

/// The name that ends before the separator at `at`: spaces, quotes and backslashes between them are passed over.
std::string_view name_before(const Text& text, std::size_t at) {
  std::size_t end = at;
  while (end > text.floor && at - end < 4 &&
         (text.bytes[end - 1] == ' ' || is_quote(text.bytes[end - 1]) || text.bytes[end - 1] == '\\')) {
    --end;
  }
  std::size_t begin = end;
  while (begin > text.floor && end - begin < name_bytes_max && is_name(text.bytes[begin - 1])) --begin;
  return text.bytes.substr(begin, end - begin);
}

constexpr bool ends_value(char c) {
  return is_space(c) || is_quote(c) || c == ',' || c == ';' || c == '&' || c == ')' || c == '}' || c == ']' ||
         c == '<' || c == '>';
}

/// `Unexpected token: then` and `Password: must be longer` are prose: behind a colon and a space, unquoted, a value has
/// a digit or an unusual sign in it.
bool is_prose(std::string_view value) {
  for (char c : value) {
    if (!is_alpha(c) && c != '.' && c != '\'') return false;
  }
  return true;
}

}  // namespace

Match find_pair(const Text& text, std::size_t at) {
  const std::string_view name = name_before(text, at);
  if (name.size() < 3 || !is_secret(name)) return {};
  std::size_t begin = at + 1;
  if (text.at(at) == ':' && text.at(begin) == ':') return {};
  while (text.at(begin) == ' ' && begin - at < 4) ++begin;
  const bool spaced = begin > at + 1;
  while (text.at(begin) == '\\') ++begin;
  const char quote = is_quote(text.at(begin)) ? text.at(begin++) : '\0';
  std::size_t end = begin;
  while (end < text.size() &&
         (quote != '\0' ? text.bytes[end] != quote && text.bytes[end] != '\\' : !ends_value(text.bytes[end]))) {
    ++end;
  }
  const std::string_view value = text.bytes.substr(begin, end - begin);
  if (value.empty() || value.starts_with("[redacted:")) return {};
  const Text rest{.bytes = text.bytes, .floor = begin};
  if (has_word(rest, begin, "bearer ") || has_word(rest, begin, "basic ")) return {};
  if (quote == '\0' && spaced && text.at(at) == ':' && is_prose(value)) return {};
  return {.begin = begin, .end = end, .kind = Secret::password};
}

}  // namespace mayday::redaction
