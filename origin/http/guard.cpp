#include "origin/http/guard.h"

#include <cstdint>

#include "mayday/base/sha256.h"

namespace mayday::origin::http {
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

}  // namespace mayday::origin::http
