#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "origin/http/routes.h"

namespace mayday::origin::http {

/// Who may call a route. A role may do what those below it may.
enum class Access : std::uint8_t {
  open,     ///< The route judges for itself, or has nothing to hide.
  caller,   ///< Anybody; who is signed in is told to the route.
  edge,     ///< Bearer ORIGIN_TOKEN: an edge.
  service,  ///< Bearer SERVICE_TOKEN: a backend of the team's own.
  scraper,  ///< As service, or an agent.
  user,
  agent,
  admin,
};

std::string_view to_string(Access access);

struct Route {
  std::string_view method;  ///< Empty: the route answers all of them.
  std::string_view path;    ///< `{name}` stands for one segment, `{name*}` for the rest.
  Access access = Access::open;
  std::size_t body_bytes_max = 0;
  Answered (*handler)(Services&, Request&, const Reply&) = nullptr;
  bool is_cross_origin = false;  ///< Pages of EXTRA_CORS_ORIGINS may call it.
  bool is_traced = true;         ///< In the caller's request logs; what asks for these does not stand in them.
};

/// Every route there is, with who may call it. `mayday-origin routes` prints it, and tests walk it role by role.
std::span<const Route> route_table();

/// For requests that no route fits.
inline constexpr std::size_t other_route = 63;

}  // namespace mayday::origin::http
