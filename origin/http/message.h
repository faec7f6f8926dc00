#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/auth/identity.h"
#include "origin/live/hub.h"

/// HTTP as the routes see it, without a word of the library that carries it.
namespace mayday::origin::http {

/// One request. Lives until its answer has been given; the views point into it.
struct Request {
  std::string_view method;  ///< HEAD reads as GET; the server leaves the body out.
  std::string_view target;
  std::string_view path;   ///< Of `target`, not decoded.
  std::string_view query;  ///< Of `target`, without the question mark.
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string body;                ///< A route may move it away.
  bool is_body_too_large = false;  ///< `body` is empty: it was more than the route takes.
  bool is_head = false;
  std::string client_address;  ///< The peer's; the edge's handler counts proxies itself.
  std::string caller_address;  ///< Behind the proxies that are trusted (TRUSTED_PROXIES).
  Timestamp came;              ///< When its header had been read.
  std::int64_t came_steady_ms = 0;
  std::string_view parameter;              ///< What stands in the place of the path's `{...}`, not decoded.
  std::optional<auth::Identity> identity;  ///< Who is signed in.
  std::string request_id;
  std::string trace_id;

  /// Who is signed in, for a route that lets in nobody else.
  const auth::Identity& caller() const;

  /// The value of the first header of that lower-case name; empty where there is none.
  std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string_view static_body;  ///< Instead of `body`, where it lives as long as the program.
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<live::Subscription> stream;  ///< Instead of a body: an event stream, open until either side ends it.
  bool must_close = false;
};

/// Gives the answer later, from any thread, once.
using Reply = std::function<void(Response)>;

/// `{"detail": detail, "request_id": ...}`; with a `parameter`, that too.
Response error_response(const Request& request, int status, std::string_view detail, std::string_view parameter = {});

/// The answer to a store that refused or failed: 503, with Retry-After where waiting helps.
Response store_failure_response(const Request& request, Code code);

/// Whether two header names or tokens are alike but for ASCII case.
bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace mayday::origin::http
