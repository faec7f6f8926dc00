#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t look_back_max = 256;

constexpr bool ends_url(char c) { return is(c, url_end_class); }

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

/// A webhook's address is its password: the path behind what its maker publishes.
struct Webhook {
  std::string_view spelling;
  Secret kind = Secret::token;
};
constexpr std::array webhooks{
    Webhook{"hooks.slack.com/services/", Secret::slack},
    Webhook{"hooks.slack.com/workflows/", Secret::slack},
    Webhook{"discord.com/api/webhooks/"},
    Webhook{"discordapp.com/api/webhooks/"},
    Webhook{"webhook.office.com/webhookb2/"},
    Webhook{"outlook.office.com/webhook/"},
    Webhook{"hooks.zapier.com/hooks/catch/"},
    Webhook{"api.telegram.org/bot"},
};

/// The secret part of the path of [authority, end). The host may have one more label, a tenant's or a channel's.
Match find_webhook(const Text& text, std::size_t authority, std::size_t end) {
  std::size_t label = authority;
  while (label < end && is_alnum(text.bytes[label])) ++label;
  for (const Webhook& webhook : webhooks) {
    for (const std::size_t host : {authority, label + 1}) {
      if (!text.has(host, webhook.spelling)) continue;
      const std::size_t begin = host + webhook.spelling.size();
      return {.begin = begin, .end = text.at(begin) == '[' ? begin : end, .kind = webhook.kind};
    }
  }
  return {};
}

/// A password with a slash in it: what is behind the authority's colon is no port, and an `@` follows.
std::size_t late_user_end(const Text& text, std::size_t authority, std::size_t authority_end, std::size_t end) {
  const std::string_view host = text.piece(authority, authority_end);
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos || host.starts_with('[') || is_digit(text.at(authority + colon + 1)))
    return authority;
  const std::size_t at_sign = text.bytes.substr(0, end).find('@', authority_end);
  return at_sign == std::string_view::npos ? authority : at_sign + 1;
}

/// `name=` right behind the `?`.
bool begins_with_pair(const Text& text, std::size_t at) {
  const std::size_t begin = at;
  while (at - begin < 64 && (is_alnum(text.at(at)) || is_past_ascii(text.at(at)) ||
                             std::string_view("_-.%[]$").find(text.at(at)) != std::string_view::npos))
    ++at;
  return at > begin && text.at(at) == '=';
}

/// A path's query without a pair, `/reset?4f9a`: what follows has nothing of a regular expression.
bool is_plain_query(std::string_view query) {
  return !query.empty() && is_alnum(query[0]) && query.find_first_of("/(|$*^{[") == std::string_view::npos;
}

}  // namespace

Match find_url_secret(const Text& text, std::size_t at, UrlScan& url) {
  const std::size_t authority = at + 3;
  const std::size_t end = find_end(text, authority);
  std::size_t query = authority;
  std::size_t user_end = authority;
  while (query < end && text.bytes[query] != '/' && text.bytes[query] != '?' && text.bytes[query] != '#') {
    // `webpack://@scope/package`: nobody stands before it.
    const bool behind_user = text.bytes[query] == '@' && query > authority;
    ++query;
    if (behind_user) user_end = query;
  }
  if (user_end == authority) user_end = late_user_end(text, authority, query, end);
  if (query < user_end) query = user_end;
  while (query < end && text.bytes[query] != '?' && text.bytes[query] != '#') ++query;
  url = {.query = query, .end = end};
  if (user_end == authority) return find_webhook(text, authority, query);
  return {.begin = authority, .end = user_end, .kind = Secret::userinfo, .leaves_mark = false};
}

/// Where the prose profile's scan does not stop at `://`, the `@` looks back for it.
Match find_userinfo(const Text& text, std::size_t at) {
  std::size_t begin = at;
  while (begin > text.floor && at - begin < look_back_max && !ends_url(text.bytes[begin - 1]) &&
         text.bytes[begin - 1] != '/' && text.bytes[begin - 1] != '@') {
    --begin;
  }
  if (begin == at || begin < text.floor + 3 || text.bytes.substr(begin - 3, 3) != "://") return {};
  return {.begin = begin, .end = at + 1, .kind = Secret::userinfo, .leaves_mark = false};
}

Match find_query(const Text& text, std::size_t at, UrlScan& url) {
  if (at == url.query) return query_at(text, at, url.end);
  if (at < url.end) return {};
  std::size_t start = at;
  bool path_sign = false;
  for (; start > text.floor && at - start < look_back_max; --start) {
    const char c = text.bytes[start - 1];
    if (ends_url(c) || c == '(' || c == '[' || c == ',') break;
    path_sign = path_sign || c == '/' || c == '.';
  }
  const std::string_view before = text.piece(start, at);
  // `button#save`: most often it is no URL at all.
  if (!path_sign && !before.empty()) return {};
  const std::size_t end = find_end(text, at + 1);
  url = {.query = at, .end = end};
  const std::string_view query = text.bytes.substr(at + 1, end - at - 1);
  const bool absolute = before.find("://") != std::string_view::npos;
  const bool pair = begins_with_pair(text, at + 1) && text.before(at) != '\\';
  const bool plain = before.starts_with('/') && before.size() > 1 && !before.ends_with('/') && is_plain_query(query);
  const bool file = path_sign && position_start(text, at + 1, end) < end;
  return absolute || pair || plain || file ? query_at(text, at, end) : Match{};
}

}  // namespace mayday::redaction
