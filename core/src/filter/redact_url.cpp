#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t look_back_max = 256;

constexpr bool ends_url(char c) {
  return is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' ||
         static_cast<std::uint8_t>(c) < 0x20;
}

/// Where the URL with a byte at `at` ends. A closing parenthesis ends it only if none was opened in it: V8 puts a
/// frame's location into parentheses, and a query may hold some of its own.
std::size_t find_end(const Text& text, std::size_t at) {
  int open = 0;
  for (; at < text.size() && !ends_url(text.bytes[at]); ++at) {
    if (text.bytes[at] == '(') ++open;
    if (text.bytes[at] == ')' && --open < 0) break;
  }
  return at;
}

/// Where the `:line` or `:line:column` at the end of [begin, end) starts, else `end`.
std::size_t position_start(const Text& text, std::size_t begin, std::size_t end) {
  std::size_t start = end;
  for (int part = 0; part < 2; ++part) {
    std::size_t at = start;
    while (at > begin && is_digit(text.bytes[at - 1])) --at;
    if (at == start || at == begin || text.bytes[at - 1] != ':') break;
    start = at - 1;
  }
  return start;
}

/// The query and the fragment that begin at `at`, without the position behind them and the sentence's last mark.
Match query_at(const Text& text, std::size_t at, std::size_t url_end) {
  std::size_t end = position_start(text, at + 1, url_end);
  if (end == url_end && end > at + 1 && (text.bytes[end - 1] == '.' || text.bytes[end - 1] == ',')) --end;
  if (end == at + 1 && url_end == at + 1) return {};
  return {.begin = at, .end = end, .kind = Secret::query, .leaves_mark = false};
}

}  // namespace

Match find_url_secret(const Text& text, std::size_t at, UrlScan& url) {
  const std::size_t authority = at + 3;
  const std::size_t end = find_end(text, authority);
  std::size_t query = authority;
  std::size_t user_end = authority;
  while (query < end && text.bytes[query] != '/' && text.bytes[query] != '?' && text.bytes[query] != '#') {
    if (text.bytes[query++] == '@') user_end = query;
  }
  while (query < end && text.bytes[query] != '?' && text.bytes[query] != '#') ++query;
  url = {.query = query, .end = end};
  if (user_end == authority) return {};
  return {.begin = authority, .end = user_end, .kind = Secret::userinfo, .leaves_mark = false};
}

/// Where the prose profile's scan does not stop at `://`, the `@` looks back for it.
Match find_userinfo(const Text& text, std::size_t at) {
  std::size_t begin = at;
  while (begin > text.floor && at - begin < look_back_max && !ends_url(text.bytes[begin - 1]) &&
         text.bytes[begin - 1] != '/' && text.bytes[begin - 1] != '@') {
    --begin;
  }
  if (begin < text.floor + 3 || text.bytes.substr(begin - 3, 3) != "://") return {};
  return {.begin = begin, .end = at + 1, .kind = Secret::userinfo, .leaves_mark = false};
}

Match find_query(const Text& text, std::size_t at, UrlScan& url) {
  if (at == url.query) return query_at(text, at, url.end);
  if (at < url.end) return {};
  std::size_t start = at;
  while (start > text.floor && at - start < look_back_max && !ends_url(text.bytes[start - 1]) &&
         text.bytes[start - 1] != '(') {
    --start;
  }
  const std::string_view before = text.bytes.substr(start, at - start);
  const std::size_t end = find_end(text, at + 1);
  url = {.query = at, .end = end};
  const bool absolute = before.find("://") != std::string_view::npos;
  const bool path =
      before.find('/') != std::string_view::npos && text.bytes.substr(at, end - at).find('=') != std::string_view::npos;
  const bool file = !before.empty() && position_start(text, at + 1, end) < end;
  return absolute || path || file ? query_at(text, at, end) : Match{};
}

}  // namespace mayday::redaction
