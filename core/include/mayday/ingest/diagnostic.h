#pragma once

#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// Diagnostic Mode (SPEC section 4.4): the session whose every event passes, told by a JWT in the cookie `diag` of the
/// Cookie header `cookies`; nothing where there is no such token, or one that breaks any of these rules:
///
/// - three segments of canonical base64url, at most `diagnostic_token_bytes_max` in all, and one cookie of that name;
/// - signed by HMAC-SHA256 under `secret`, compared in constant time before anything of it is read;
/// - a header that says `"alg":"HS256"`, perhaps `"typ":"JWT"`, and nothing else: what can't be said can't be believed;
/// - claims, none of them twice: whole numbers `iat` and `exp` with iat < exp <= iat + 60 minutes, `exp` to come, `iat` and
///   `nbf` not more than 60 s to come, and a `session_id` that is not empty.
///
/// The answer is escaped as in JSON, and stands in `scratch`. An empty secret opens nothing.
std::optional<std::string_view> diagnostic_session(std::string_view cookies, std::string_view secret, Timestamp now,
                                                   Buffer& scratch);

}  // namespace mayday
