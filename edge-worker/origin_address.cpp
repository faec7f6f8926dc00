#include "origin_address.h"

#include <algorithm>

namespace mayday {

namespace {

constexpr std::string_view token_in_development = "dev-origin-token";

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string read_origin_address(const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                                bool is_prod, OriginAddress& address) {
  std::string_view url = value_of("ORIGIN_URL").value_or("");
  if (url.empty()) url = "http://127.0.0.1:8787";
  address.is_https = take_prefix(url, "https://");
  const bool is_http = address.is_https || take_prefix(url, "http://");
  const std::size_t slash = std::min(url.find('/'), url.size());
  address.authority = url.substr(0, slash);
  if (!is_http || address.authority.empty() || address.authority.find('@') != std::string::npos ||
      url.find_first_of("?#") != std::string_view::npos) {
    return "ORIGIN_URL must be an http or https address, like http://127.0.0.1:8787";
  }
  std::string_view path = url.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  address.path = std::string(path) + "/ingest";

  const std::string_view token = value_of("ORIGIN_TOKEN").value_or("");
  address.token = token.empty() ? token_in_development : token;
  if (!std::all_of(address.token.begin(), address.token.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return "ORIGIN_TOKEN must be printable ASCII without spaces";
  }
  if (is_prod && address.token == token_in_development) {
    return "ORIGIN_TOKEN must be set to a secret of your own when ENVIRONMENT=prod";
  }
  return "";
}

}  // namespace mayday
