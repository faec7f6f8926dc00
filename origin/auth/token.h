#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/auth/identity.h"

/// JSON Web Tokens (RFC 7519), signed by HS256 and by nothing else. A team's own backend may sign access tokens for its users
/// under JWT_ACCESS_SECRET: `sub`, `role` (user where it is missing), `name`, `iat` and `exp`, at most a day apart.
namespace mayday::origin::auth {

inline constexpr std::int64_t access_lifetime_s = 15 * 60;
inline constexpr std::int64_t refresh_lifetime_s = 30 * 24 * 60 * 60;
inline constexpr std::int64_t access_lifetime_s_max = 24 * 60 * 60;

std::string sign_access_token(const Identity& identity, std::string_view secret, Timestamp now);

/// Nothing for a token that is not signed by `secret`, not valid at `now`, of another algorithm, or a refresh token.
std::optional<Identity> read_access_token(std::string_view token, std::string_view secret, Timestamp now);

/// What a refresh token carries: which account, which token, and which sign-in it comes from.
struct RefreshToken {
  std::string user_id;
  std::string id;
  std::string family;
};

std::string sign_refresh_token(const RefreshToken& token, std::string_view secret, Timestamp now);
std::optional<RefreshToken> read_refresh_token(std::string_view token, std::string_view secret, Timestamp now);

}  // namespace mayday::origin::auth
