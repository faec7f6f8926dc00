#include "origin/auth/token.h"

#include <sodium.h>

#include <nlohmann/json.hpp>

#include "mayday/base/base64url.h"
#include "mayday/base/sha256.h"

namespace mayday::origin::auth {
namespace {

using nlohmann::json;

constexpr std::size_t token_bytes_max = 4'096;
constexpr std::size_t user_id_bytes_max = 128;
constexpr std::size_t display_name_bytes_max = 256;
constexpr std::int64_t leeway_s = 60;
constexpr std::string_view access_use = "access";
constexpr std::string_view refresh_use = "refresh";

std::string encode(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // The terminating NUL.
  return text;
}

std::string sign(const json& claims, std::string_view secret) {
  std::string token = encode(R"({"alg":"HS256","typ":"JWT"})") + "." +
                      encode(claims.dump(-1, ' ', false, json::error_handler_t::replace));
  const Sha256Digest digest = hmac_sha256(secret, token);
  return token + "." + encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

/// A JSON object out of base64url; discarded where it is none.
json decode_object(std::string_view text) {
  Buffer bytes;
  if (!decode_base64url(text, bytes) || bytes.view().find('\0') != std::string_view::npos)
    return json::value_t::discarded;
  json value = json::parse(bytes.view(), nullptr, false);
  return value.is_object() ? value : json(json::value_t::discarded);
}

/// `alg` is HS256, `typ` is JWT or missing, and nothing else is asked of us: no `crit`, no key by its name or address.
bool is_our_header(std::string_view text) {
  const json header = decode_object(text);
  if (header.is_discarded()) return false;
  for (const auto& [name, value] : header.items()) {
    if (name != "alg" && name != "typ") return false;
  }
  return header.value("alg", json()) == "HS256" && header.value("typ", json("JWT")) == "JWT";
}

std::optional<std::int64_t> time_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
  const std::int64_t seconds = found->get<std::int64_t>();
  return seconds >= 0 && seconds < (std::int64_t{1} << 40) ? std::optional(seconds) : std::nullopt;
}

bool is_valid_at(const json& claims, std::int64_t now_s, std::int64_t lifetime_s_max) {
  const std::optional<std::int64_t> issued = time_of(claims, "iat"), expires = time_of(claims, "exp");
  if (!issued || !expires || *expires <= *issued || *expires - *issued > lifetime_s_max) return false;
  if (claims.contains("nbf") && time_of(claims, "nbf").value_or(now_s + 2 * leeway_s) > now_s + leeway_s) return false;
  return now_s < *expires && *issued <= now_s + leeway_s;
}

/// The claims of a token that is signed by `secret` and valid; discarded otherwise.
json read(std::string_view token, std::string_view secret, Timestamp now, std::int64_t lifetime_s_max) {
  constexpr json::value_t nothing = json::value_t::discarded;
  if (secret.empty() || token.size() > token_bytes_max) return nothing;
  const std::size_t first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) return nothing;
  Buffer signature;
  if (!decode_base64url(token.substr(last + 1), signature)) return nothing;
  if (!equals_constant_time(hmac_sha256(secret, token.substr(0, last)), signature.view())) return nothing;
  if (!is_our_header(token.substr(0, first))) return nothing;
  json claims = decode_object(token.substr(first + 1, last - first - 1));
  return !claims.is_discarded() && is_valid_at(claims, now.ms / 1'000, lifetime_s_max) ? claims : json(nothing);
}

/// Empty where it is missing, no text, or too long.
std::string text_of(const json& claims, const char* name, std::size_t bytes_max) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return {};
  std::string text = found->get<std::string>();
  return text.size() <= bytes_max ? text : std::string();
}

json times(Timestamp now, std::int64_t lifetime_s) {
  return {{"iat", now.ms / 1'000}, {"exp", now.ms / 1'000 + lifetime_s}};
}

}  // namespace

std::string sign_access_token(const Identity& identity, std::string_view secret, Timestamp now) {
  json claims = times(now, access_lifetime_s);
  claims["sub"] = identity.user_id;
  claims["role"] = to_string(identity.role);
  claims["name"] = identity.display_name;
  claims["use"] = access_use;
  return sign(claims, secret);
}

std::optional<Identity> read_access_token(std::string_view token, std::string_view secret, Timestamp now) {
  const json claims = read(token, secret, now, access_lifetime_s_max);
  if (claims.is_discarded() || claims.value("use", json(access_use)) != access_use) return std::nullopt;
  const bool has_role = claims.contains("role");
  const std::optional<Role> role = has_role ? parse_role(text_of(claims, "role", 16)) : Role::user;
  Identity identity{.user_id = text_of(claims, "sub", user_id_bytes_max),
                    .role = role.value_or(Role::user),
                    .display_name = text_of(claims, "name", display_name_bytes_max)};
  if (!role || identity.user_id.empty()) return std::nullopt;
  return identity;
}

std::string sign_refresh_token(const RefreshToken& token, std::string_view secret, Timestamp now) {
  json claims = times(now, refresh_lifetime_s);
  claims["sub"] = token.user_id;
  claims["jti"] = token.id;
  claims["family"] = token.family;
  claims["use"] = refresh_use;
  return sign(claims, secret);
}

std::optional<RefreshToken> read_refresh_token(std::string_view token, std::string_view secret, Timestamp now) {
  const json claims = read(token, secret, now, refresh_lifetime_s);
  if (claims.is_discarded() || claims.value("use", json()) != refresh_use) return std::nullopt;
  RefreshToken read{.user_id = text_of(claims, "sub", user_id_bytes_max),
                    .id = text_of(claims, "jti", 64),
                    .family = text_of(claims, "family", 64)};
  if (read.user_id.empty() || read.id.empty() || read.family.empty()) return std::nullopt;
  return read;
}

}  // namespace mayday::origin::auth
