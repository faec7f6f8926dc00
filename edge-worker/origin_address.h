#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mayday {

/// Where a component posts its lines: ORIGIN_URL taken apart, and ORIGIN_TOKEN.
struct OriginAddress {
  bool is_https = false;
  std::string authority;  ///< Host and port.
  std::string path;       ///< Of `/ingest`, below the path of ORIGIN_URL.
  std::string token;
};

/// Reads both variables by the rules of hosts/environment.ts. What is wrong, in one line for a person; empty where nothing is.
std::string read_origin_address(const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                                bool is_prod, OriginAddress& address);

}  // namespace mayday
