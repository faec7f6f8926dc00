#pragma once

#include <optional>
#include <string>

#include "origin/auth/accounts.h"
#include "origin/http/message.h"

/// Who asks: by `Authorization: Bearer`, as programs do, or by the cookies that the dashboard's sign-in sets.
namespace mayday::origin::http {

inline constexpr std::string_view access_cookie = "mayday_access";
inline constexpr std::string_view refresh_cookie = "mayday_refresh";

enum class Standing {
  nobody,        ///< No token, or a cookie that has run out: a page can't take it away.
  bad_token,     ///< A bearer token that is not, or no longer, good.
  foreign_page,  ///< Signed in by a cookie, but it was another site's page that asked for a change.
  known,
};

struct Caller {
  Standing standing = Standing::nobody;
  std::optional<auth::Identity> identity;  ///< With `known`.
};

Caller caller_of(const Request& request, const auth::Accounts& accounts, Timestamp now);

/// The cookie's value; empty where there is none, or more than one: another host of the domain may have set the other.
std::string_view cookie_of(const Request& request, std::string_view name);

/// False where another site's page has sent it (Fetch Metadata; Origin, where there is none).
bool is_own_page(const Request& request);

/// Sets both cookies: HttpOnly, SameSite=Strict, the refresh token's for `/auth` alone; Secure in production.
void set_cookies(Response& response, const auth::SignIn& signed_in, bool is_prod);
void clear_cookies(Response& response, bool is_prod);

}  // namespace mayday::origin::http
