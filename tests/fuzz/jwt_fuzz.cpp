// Diagnostic Mode: any bytes as a Cookie header open nothing, and any header and claims under our own signature are judged
// as nlohmann_json, the oracle, reads them.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "mayday/base/sha256.h"
#include "mayday/ingest/diagnostic.h"

namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t now_s = 1'795'253'400;

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, count = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6;) out += alphabet[bits >> (count -= 6) & 63];
  }
  if (count > 0) out += alphabet[bits << (6 - count) & 63];
  return out;
}

std::optional<std::string_view> open(const std::string& cookies, mayday::Buffer& scratch) {
  return mayday::diagnostic_session(cookies, secret, {now_s * 1'000}, scratch);
}

/// What must hold of claims that open anything. A duplicate key is ours to refuse: the oracle keeps the last.
bool may_open(std::string_view header, std::string_view claims) {
  const nlohmann::json head = nlohmann::json::parse(header, nullptr, false);
  const nlohmann::json body = nlohmann::json::parse(claims, nullptr, false);
  if (!head.is_object() || !body.is_object()) return false;
  if (head.value("alg", nlohmann::json()) != "HS256" || head.size() > 2) return false;
  if (!body.contains("iat") || !body.contains("exp") || !body.contains("session_id")) return false;
  if (!body["iat"].is_number_integer() || !body["exp"].is_number_integer()) return false;
  const auto iat = body["iat"].get<std::int64_t>(), exp = body["exp"].get<std::int64_t>();
  return body["session_id"].is_string() && !body["session_id"].get<std::string>().empty() && iat >= 0 &&
         iat <= now_s + 60 && exp > now_s && exp > iat && exp - iat <= 3'600;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  mayday::Buffer scratch;
  if (open(std::string(input), scratch)) std::abort();
  if (open("diag=" + std::string(input), scratch)) std::abort();
  // A line feed parts header and claims.
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view header = input.substr(0, end), claims = input.substr(std::min(end + 1, input.size()));
  const std::string part = base64url(header) + "." + base64url(claims);
  const mayday::Sha256Digest digest = mayday::hmac_sha256(secret, part);
  const std::string token = part + "." + base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  if (open("diag=" + token, scratch) && !may_open(header, claims)) std::abort();
  return 0;
}
