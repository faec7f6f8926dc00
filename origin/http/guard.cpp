#include "origin/http/guard.h"

#include <cstdint>

#include "mayday/base/sha256.h"

namespace mayday::origin::http {
namespace {

/// `127.0.0.1:8787` and `[::1]:8787` without their port.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t closing = host.find(']');
    if (closing == std::string_view::npos) return {};
    const std::string_view rest = host.substr(closing + 1);
    return rest.empty() || rest.starts_with(':') ? host.substr(0, closing + 1) : std::string_view{};
  }
  return host.substr(0, host.find(':'));
}

bool is_loopback_host(std::string_view host) {
  const std::string_view name = without_port(host);
  return name == "127.0.0.1" || name == "[::1]" || equals_ignoring_case(name, "localhost");
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view scheme = "http://";
  return origin.starts_with(scheme) && equals_ignoring_case(origin.substr(scheme.size()), host);
}

bool is_own_fetch(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (site.empty() || site == "same-origin" || site == "none") return true;
  return request.header("sec-fetch-mode") == "navigate" && request.header("sec-fetch-dest") == "document";
}

}  // namespace

bool has_bearer_token(const Request& request, std::string_view token) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view value = request.header("authorization");
  if (value.size() < scheme.size() || !equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return false;
  // Digests are compared, not the tokens: their length is always the same.
  const Sha256Digest given = sha256(value.substr(scheme.size()));
  const Sha256Digest wanted = sha256(token);
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    difference = static_cast<std::uint8_t>(difference | (given[i] ^ wanted[i]));
  return difference == 0;
}

bool is_local_request(const Request& request) {
  if (!request.is_from_this_machine) return false;
  for (std::string_view name : {"x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "via"}) {
    if (!request.header(name).empty()) return false;
  }
  const std::string_view host = request.header("host");
  if (!is_loopback_host(host)) return false;
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && !is_own_origin(origin, host)) return false;
  return is_own_fetch(request);
}

}  // namespace mayday::origin::http
