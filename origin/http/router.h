#pragma once

#include <cstddef>
#include <optional>

#include "origin/http/message.h"
#include "origin/http/metrics.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {

struct Route;

/// Finds who answers. The server asks twice: with the header alone, before it reads a body it may not want, and with the body.
class Router {
 public:
  explicit Router(Services& services) : services_(services) {}

  struct Verdict {
    const Route* route = nullptr;
    RouteName name = RouteName::other;
    std::size_t body_bytes_max = 0;
    std::optional<Response> refusal;  ///< 401, 403, 404 or 405: the answer, whatever the body is.
  };

  /// Looks at method, path and headers; `request` has no body yet.
  Verdict judge(const Request& request) const;

  /// Carries the request out. An exception becomes a line in the log and a 500.
  Answered handle(const Verdict& verdict, Request& request, const Reply& reply);

 private:
  Services& services_;
};

}  // namespace mayday::origin::http
