#include "mayday/ingest/diagnostic.h"

#include <array>
#include <cstdint>

#include "mayday/base/base64url.h"
#include "mayday/base/json_reader.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/limits.h"
#include "mayday/base/sha256.h"

namespace mayday {
namespace {

constexpr std::int64_t lifetime_s_max = 3'600;
constexpr std::int64_t leeway_s = 60;

/// The cookie's value; nothing where there is none, or more than one: another host of the domain may have set the other.
std::optional<std::string_view> cookie_of(std::string_view cookies, std::string_view name) {
  std::optional<std::string_view> found;
  while (!cookies.empty()) {
    const std::size_t end = cookies.find(';');
    std::string_view pair = cookies.substr(0, end);
    cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (!pair.starts_with(name) || pair.size() == name.size() || pair[name.size()] != '=') continue;
    if (found) return std::nullopt;
    found = pair.substr(name.size() + 1);
  }
  return found;
}

bool is_signed(std::string_view signed_part, std::string_view signature, std::string_view secret) {
  Buffer given;
  if (!decode_base64url(signature, given)) return false;
  return equals_constant_time(hmac_sha256(secret, signed_part), given.view());
}

bool is_our_header(std::string_view text) {
  json::Reader reader(text);
  if (reader.kind() != json::Kind::object) return false;
  int algs = 0, types = 0, others = 0;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const bool alg = reader.key() == "alg", type = reader.key() == "typ";
    const bool is_text = reader.kind() == json::Kind::string;
    if (!is_text || !(alg || type)) {
      ++others;
      reader.skip();
    } else if (reader.string().bytes == (alg ? "HS256" : "JWT")) {
      ++(alg ? algs : types);
    } else {
      ++others;
    }
  }
  reader.finish();
  return !reader.failed() && algs == 1 && types <= 1 && others == 0;
}

struct Claims {
  std::optional<std::int64_t> iat, exp, nbf;
  bool sane = true;  ///< No claim twice, none of another type.
};

void read_time(json::Reader& reader, std::optional<std::int64_t>& out, bool& sane) {
  if (out || reader.kind() != json::Kind::number) {
    sane = false;
    return reader.skip();
  }
  out = reader.number().integer();
  sane = sane && out && *out >= 0;
}

/// The session's name goes to `session`, escaped.
Claims read_claims(std::string_view text, Buffer& session) {
  Claims claims;
  json::Reader reader(text);
  if (reader.kind() != json::Kind::object) return {.sane = false};
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() == "iat") {
      read_time(reader, claims.iat, claims.sane);
    } else if (reader.key() == "exp") {
      read_time(reader, claims.exp, claims.sane);
    } else if (reader.key() == "nbf") {
      read_time(reader, claims.nbf, claims.sane);
    } else if (reader.key() == "session_id") {
      claims.sane = claims.sane && session.empty() && reader.kind() == json::Kind::string;
      if (claims.sane)
        json::append_escaped(session, reader.string().bytes);
      else
        reader.skip();
    } else {
      reader.skip();
    }
  }
  reader.finish();
  claims.sane = claims.sane && !reader.failed() && claims.iat && claims.exp && !session.empty();
  return claims;
}

bool is_valid_now(const Claims& claims, std::int64_t now_s) {
  if (!claims.sane || !claims.iat || !claims.exp) return false;
  const std::int64_t issued = *claims.iat, expires = *claims.exp;
  if (expires <= issued || expires - issued > lifetime_s_max) return false;
  return now_s < expires && issued <= now_s + leeway_s && claims.nbf.value_or(0) <= now_s + leeway_s;
}

}  // namespace

[[gnu::noinline]] std::optional<std::string_view> diagnostic_session(std::string_view cookies, std::string_view secret,
                                                                     Timestamp now, Buffer& scratch) {
  const std::optional<std::string_view> token = cookie_of(cookies, "diag");
  if (secret.empty() || !token || token->size() > diagnostic_token_bytes_max) return std::nullopt;
  const std::size_t first = token->find('.'), last = token->rfind('.');
  if (first == last || token->find('.', first + 1) != last) return std::nullopt;
  if (!is_signed(token->substr(0, last), token->substr(last + 1), secret)) return std::nullopt;
  Buffer header, claims;
  if (!decode_base64url(token->substr(0, first), header) || !is_our_header(header.view())) return std::nullopt;
  if (!decode_base64url(token->substr(first + 1, last - first - 1), claims)) return std::nullopt;
  scratch.clear();
  if (!is_valid_now(read_claims(claims.view(), scratch), now.ms / 1'000)) return std::nullopt;
  return scratch.view();
}

}  // namespace mayday
