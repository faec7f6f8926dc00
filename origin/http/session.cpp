#include "origin/http/session.h"

#include "origin/auth/token.h"

namespace mayday::origin::http {
namespace {

std::string_view bearer_of(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view value = request.header("authorization");
  if (value.size() < scheme.size() || !equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
  return value.substr(scheme.size());
}

std::string cookie(std::string_view name, std::string_view value, std::string_view path, std::int64_t age_s,
                   bool is_prod) {
  std::string text(name);
  text.append("=").append(value).append("; Path=").append(path).append("; Max-Age=").append(std::to_string(age_s));
  text.append("; HttpOnly; SameSite=Strict");
  if (is_prod) text.append("; Secure");
  return text;
}

}  // namespace

std::string_view cookie_of(const Request& request, std::string_view name) {
  std::string_view found;
  std::string_view cookies = request.header("cookie");
  while (!cookies.empty()) {
    const std::size_t end = cookies.find(';');
    std::string_view pair = cookies.substr(0, end);
    cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (!pair.starts_with(name) || pair.size() <= name.size() || pair[name.size()] != '=') continue;
    if (!found.empty()) return {};
    found = pair.substr(name.size() + 1);
  }
  return found;
}

bool is_own_page(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty()) return site == "same-origin" || site == "none";
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && equals_ignoring_case(origin.substr(scheme + 3), request.header("host"));
}

Caller caller_of(const Request& request, const auth::Accounts& accounts, Timestamp now) {
  if (const std::string_view token = bearer_of(request); !token.empty()) {
    std::optional<auth::Identity> identity = accounts.identify(token, now);
    return identity ? Caller{Standing::known, std::move(identity)} : Caller{Standing::bad_token, {}};
  }
  const std::string_view token = cookie_of(request, access_cookie);
  if (token.empty()) return {};
  std::optional<auth::Identity> identity = accounts.identify(token, now);
  if (!identity) return {};
  if (request.method != "GET" && !is_own_page(request)) return {Standing::foreign_page, {}};
  return {Standing::known, std::move(identity)};
}

void set_cookies(Response& response, const auth::SignIn& signed_in, bool is_prod) {
  response.headers.emplace_back("set-cookie",
                                cookie(access_cookie, signed_in.access_token, "/", auth::access_lifetime_s, is_prod));
  response.headers.emplace_back(
      "set-cookie", cookie(refresh_cookie, signed_in.refresh_token, "/auth", auth::refresh_lifetime_s, is_prod));
}

void clear_cookies(Response& response, bool is_prod) {
  response.headers.emplace_back("set-cookie", cookie(access_cookie, "", "/", 0, is_prod));
  response.headers.emplace_back("set-cookie", cookie(refresh_cookie, "", "/auth", 0, is_prod));
}

}  // namespace mayday::origin::http
