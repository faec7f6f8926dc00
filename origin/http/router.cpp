#include "origin/http/router.h"

#include <exception>
#include <utility>

#include "mayday/base/limits.h"
#include "origin/http/guard.h"
#include "origin/log.h"

namespace mayday::origin::http {

enum class Access {
  open,          ///< The route judges for itself, or has nothing to hide.
  edge_token,    ///< Bearer ORIGIN_TOKEN.
  this_machine,  ///< See guard.h.
};

struct Route {
  RouteName name;
  std::string_view path;
  bool is_prefix;           ///< Also everything below `path`, which ends in a slash.
  std::string_view method;  ///< Empty: the route answers all of them.
  Access access;
  std::size_t body_bytes_max;
  Answered (*handler)(Services&, Request&, const Reply&);
};

namespace {

constexpr std::size_t ingest_bytes_max = 1024 * 1024;

/// The first that fits.
constexpr Route routes[] = {
    {RouteName::ingest, "/ingest", false, "POST", Access::edge_token, ingest_bytes_max, take_ingest},
    {RouteName::logs, "/v1/logs", false, "", Access::open, body_bytes_max, take_logs},
    {RouteName::logs, "/v1/logs/", true, "", Access::open, body_bytes_max, take_logs},
    {RouteName::health, "/health", false, "GET", Access::open, 0, show_health},
    {RouteName::events, "/events", false, "GET", Access::this_machine, 0, list_events},
    {RouteName::live, "/events/live", false, "GET", Access::this_machine, 0, stream_events},
    {RouteName::event, "/events/", true, "GET", Access::this_machine, 0, show_event},
    {RouteName::stats, "/stats", false, "GET", Access::this_machine, 0, show_stats},
    {RouteName::metrics, "/metrics", false, "GET", Access::this_machine, 0, show_metrics},
    {RouteName::dashboard, "/", false, "GET", Access::this_machine, 0, show_dashboard},
    {RouteName::dashboard, "/assets/", true, "GET", Access::this_machine, 0, show_dashboard},
};

const Route* find_route(std::string_view path) {
  for (const Route& route : routes) {
    if (route.is_prefix ? path.starts_with(route.path) : path == route.path) return &route;
  }
  return nullptr;
}

std::optional<Response> refuse(const Route& route, const Request& request, const Config& config) {
  if (route.access == Access::this_machine && !is_local_request(request)) {
    return error_response(request, 403, to_string(Code::loopback_only));
  }
  if (!route.method.empty() && request.method != route.method) {
    Response response = error_response(request, 405, to_string(Code::method_not_allowed));
    response.headers.emplace_back("allow", route.method == "GET" ? "GET, HEAD" : route.method);
    return response;
  }
  if (route.access == Access::edge_token && !has_bearer_token(request, config.origin_token)) {
    Response response = error_response(request, 401, to_string(Code::unauthorized));
    response.headers.emplace_back("www-authenticate", "Bearer");
    return response;
  }
  return std::nullopt;
}

void add_read_headers(Response& response) {
  response.headers.emplace_back("cross-origin-resource-policy", "same-origin");
  for (const auto& [name, value] : response.headers) {
    if (name == "cache-control") return;
  }
  response.headers.emplace_back("cache-control", "no-store");
}

}  // namespace

Router::Verdict Router::judge(const Request& request) const {
  Verdict verdict;
  verdict.route = find_route(request.path);
  if (!verdict.route) {
    verdict.refusal = error_response(request, 404, to_string(Code::not_found));
    return verdict;
  }
  verdict.name = verdict.route->name;
  verdict.body_bytes_max = verdict.route->body_bytes_max;
  verdict.refusal = refuse(*verdict.route, request, services_.config);
  return verdict;
}

Answered Router::handle(const Verdict& verdict, Request& request, const Reply& reply) {
  const bool is_read = verdict.route->access == Access::this_machine;
  if (request.is_body_too_large && verdict.body_bytes_max == 0) {
    return error_response(request, 413, to_string(Code::payload_too_large));
  }
  try {
    const Reply finish = !is_read ? reply : [reply](Response response) {
      add_read_headers(response);
      reply(std::move(response));
    };
    Answered answered = verdict.route->handler(services_, request, finish);
    if (answered && is_read) add_read_headers(*answered);
    return answered;
  } catch (const std::exception& exception) {
    log_line(Level::error, "unhandled exception",
             {.request_id = request.request_id, .trace_id = request.trace_id, .error_message = exception.what()});
    return error_response(request, 500, to_string(Code::internal_error));
  }
}

}  // namespace mayday::origin::http
