#include "mayday/ingest/diagnostic.h"

#include <array>
#include <cstdint>

#include "mayday/base/base64url.h"
#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/sha256.h"

namespace mayday {
namespace {

constexpr std::int64_t lifetime_s_max = 3'600;
constexpr std::int64_t leeway_s = 60;

/// The cookie's value; empty where there is none, or more than one: another host of the domain may have set the other.
std::string_view cookie_of(std::string_view cookies, std::string_view name) {
  std::string_view found;
  bool is_seen = false;
  while (!cookies.empty()) {
    std::string_view value = take_until(cookies, ';');
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (take_until(value, '=') != name) continue;
    if (is_seen) return {};
    is_seen = true;
    found = value;
  }
  return found;
}

/// `alg` once, `typ` at most once, and nothing else.
bool is_our_header(std::string_view text) {
  json::Reader reader(text);
  if (reader.kind() != json::Kind::object) return false;
  int algs = 0, types = 0;
  bool sane = true;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const bool alg = reader.key() == "alg";
    sane = sane && (alg || reader.key() == "typ") && json::take_scalar(reader) == (alg ? "HS256" : "JWT");
    if (!sane) return false;
    ++(alg ? algs : types);
  }
  reader.finish();
  return !reader.failed() && algs == 1 && types <= 1;
}

struct Claims {
  std::array<std::int64_t, 3> times{-1, -1, -1};  ///< iat, exp and nbf; negative where there is none.
  bool sane = true;                               ///< No claim twice, none of another type.
};

/// The session's name goes to `session`, escaped.
Claims read_claims(std::string_view text, Buffer& session) {
  Claims claims;
  json::Reader reader(text);
  for (json::Members members(reader, "iat\nexp\nnbf\nsession_id\n"); members.next();) {
    if (members.index() == 3) {
      claims.sane = claims.sane && session.empty() && reader.kind() == json::Kind::string;
      json::append_escaped(session, json::take_scalar(reader));
      continue;
    }
    std::int64_t& time = claims.times[members.index()];
    claims.sane = claims.sane && time < 0 && reader.kind() == json::Kind::number;
    const std::string_view spelling = json::take_scalar(reader);
    if (claims.sane) time = json::Number{spelling}.integer().value_or(-1);
    claims.sane = claims.sane && time >= 0;
  }
  reader.finish();
  claims.sane = claims.sane && !reader.failed() && claims.times[0] >= 0 && claims.times[1] >= 0 && !session.empty();
  return claims;
}

bool is_valid_now(const Claims& claims, std::int64_t now_s) {
  if (!claims.sane) return false;
  const auto [issued, expires, not_before] = claims.times;
  if (expires <= issued || expires - issued > lifetime_s_max) return false;
  return now_s < expires && issued <= now_s + leeway_s && not_before <= now_s + leeway_s;
}

}  // namespace

[[gnu::noinline]] std::optional<std::string_view> diagnostic_session(std::string_view cookies, std::string_view secret,
                                                                     Timestamp now, Buffer& scratch) {
  const std::string_view token = cookie_of(cookies, "diag");
  if (secret.empty() || token.empty() || token.size() > diagnostic_token_bytes_max) return std::nullopt;
  std::string_view rest = token;
  const std::string_view header = take_until(rest, '.'), claims = take_until(rest, '.');
  const std::string_view signed_part = token.substr(0, header.size() + 1 + claims.size());
  Buffer text;
  const auto decode = [&text](std::string_view part) {
    text.clear();
    return decode_base64url(part, text);
  };
  // What is left, behind the second dot, has none: it would be no base64url.
  if (!decode(rest) || !equals_constant_time(hmac_sha256(secret, signed_part), text.view())) return std::nullopt;
  if (!decode(header) || !is_our_header(text.view()) || !decode(claims)) return std::nullopt;
  scratch.clear();
  if (!is_valid_now(read_claims(text.view(), scratch), now.ms / 1'000)) return std::nullopt;
  return scratch.view();
}

}  // namespace mayday
