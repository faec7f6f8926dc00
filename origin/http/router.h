#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "origin/http/message.h"
#include "origin/http/route_table.h"

namespace mayday::origin::http {

/// Finds who answers. The server asks twice: with the header alone, before it reads a body it may not want, and with the body.
class Router {
 public:
  explicit Router(Services& services) : services_(services) {}

  struct Verdict {
    const Route* route = nullptr;
    std::size_t route_index = other_route;
    std::size_t body_bytes_max = 0;
    std::optional<Response> refusal;  ///< 401, 403, 404 or 405: the answer, whatever the body is.
  };

  /// Looks at method, path and headers; `request` has no body yet, and learns who asks.
  Verdict judge(Request& request) const;

  /// Carries the request out. An exception becomes a line in the log and a 500.
  Answered handle(const Verdict& verdict, Request& request, const Reply& reply);

 private:
  /// Into the request logs of whoever is signed in.
  void trace(const Request& request, const Response& response);

  Services& services_;
};

/// Whether `path` fits a route's `pattern`; what stands for its `{...}` goes to `parameter`.
bool fits(std::string_view pattern, std::string_view path, std::string_view& parameter);

}  // namespace mayday::origin::http
