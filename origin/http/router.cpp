#include "origin/http/router.h"

#include <exception>
#include <string>
#include <utility>

#include "mayday/ingest/ip_address.h"
#include "origin/clock.h"
#include "origin/http/cross_origin.h"
#include "origin/http/guard.h"
#include "origin/http/session.h"
#include "origin/log.h"
#include "origin/support/request_trace.h"

namespace mayday::origin::http {
namespace {

Response unauthorized(const Request& request) {
  Response response = error_response(request, 401, to_string(Code::unauthorized));
  response.headers.emplace_back("www-authenticate", "Bearer");
  return response;
}

Response method_not_allowed(const Request& request, std::string_view path) {
  std::string allowed;
  for (const Route& route : route_table()) {
    std::string_view parameter;
    if (!fits(route.path, path, parameter)) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
    if (route.is_cross_origin && allowed.find("OPTIONS") == std::string::npos) allowed += ", OPTIONS";
  }
  Response response = error_response(request, 405, to_string(Code::method_not_allowed));
  response.headers.emplace_back("allow", allowed);
  return response;
}

auth::Role role_for(Access access) {
  switch (access) {
    case Access::admin: return auth::Role::admin;
    case Access::agent:
    case Access::scraper: return auth::Role::agent;
    default: return auth::Role::user;
  }
}

std::optional<Response> judge_access(const Route& route, Request& request, const Services& services) {
  const Config& config = services.config;
  if (route.access == Access::open) return std::nullopt;
  if (route.access == Access::edge) {
    return has_bearer_token(request, config.origin_token) ? std::nullopt : std::optional(unauthorized(request));
  }
  const bool is_for_services = route.access == Access::service || route.access == Access::scraper;
  if (is_for_services && has_bearer_token(request, config.service_token)) return std::nullopt;
  if (route.access == Access::service) return unauthorized(request);
  Caller caller = caller_of(request, services.accounts, wall_clock_now());
  if (caller.standing == Standing::foreign_page) {
    return error_response(request, 403, to_string(Code::origin_not_allowed));
  }
  if (caller.standing == Standing::bad_token) return unauthorized(request);
  request.identity = std::move(caller.identity);
  if (route.access == Access::caller) return std::nullopt;
  if (!request.identity) return unauthorized(request);
  if (request.identity->role < role_for(route.access)) return error_response(request, 403, "forbidden");
  return std::nullopt;
}

/// What is told to one person is nobody else's, nor a cache's.
void add_read_headers(Response& response) {
  response.headers.emplace_back("cross-origin-resource-policy", "same-origin");
  for (const auto& [name, value] : response.headers) {
    if (name == "cache-control") return;
  }
  response.headers.emplace_back("cache-control", "no-store");
}

}  // namespace

bool fits(std::string_view pattern, std::string_view path, std::string_view& parameter) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == path;
  const std::size_t close = pattern.find('}', open);
  const std::string_view behind = pattern.substr(close + 1);
  if (path.size() <= open + behind.size() || !path.starts_with(pattern.substr(0, open)) || !path.ends_with(behind)) {
    return false;
  }
  const std::string_view found = path.substr(open, path.size() - open - behind.size());
  if (pattern[close - 1] != '*' && found.find('/') != std::string_view::npos) return false;
  parameter = found;
  return true;
}

Router::Verdict Router::judge(Request& request) const {
  Verdict verdict;
  request.came = wall_clock_now();
  request.came_steady_ms = steady_ms();
  request.caller_address = client_address_of(request.client_address, request.header("x-forwarded-for"),
                                             services_.config.policy.trusted_proxies);
  bool path_is_known = false;
  const std::span<const Route> routes = route_table();
  for (std::size_t i = 0; i < routes.size() && !verdict.route; ++i) {
    std::string_view parameter;
    if (!fits(routes[i].path, request.path, parameter)) continue;
    path_is_known = true;
    const bool is_preflight = routes[i].is_cross_origin && request.method == "OPTIONS";
    if (!routes[i].method.empty() && routes[i].method != request.method && !is_preflight) continue;
    verdict.route = &routes[i];
    verdict.route_index = i;
    request.parameter = parameter;
  }
  if (!verdict.route) {
    verdict.refusal = path_is_known ? method_not_allowed(request, request.path)
                                    : error_response(request, 404, to_string(Code::not_found));
    return verdict;
  }
  verdict.body_bytes_max = verdict.route->body_bytes_max;
  if (verdict.route->is_cross_origin) verdict.refusal = judge_cross_origin(request, services_.config.policy);
  if (!verdict.refusal) verdict.refusal = judge_access(*verdict.route, request, services_);
  const bool is_stream = verdict.route->handler == stream_events;
  if (verdict.refusal && is_stream) services_.activity.auth_failed("unauthorized", request.came);
  if (verdict.refusal && verdict.route->is_cross_origin) {
    add_cross_origin_headers(*verdict.refusal, request, services_.config.policy);
  }
  return verdict;
}

void Router::trace(const Request& request, const Response& response) {
  services_.traces.push({request.caller().user_id, trace_of({.at = request.came,
                                                             .request_id = request.request_id,
                                                             .trace_id = request.trace_id,
                                                             .method = request.method,
                                                             .path = request.path,
                                                             .status = response.status,
                                                             .duration_ms = steady_ms() - request.came_steady_ms})});
}

Answered Router::handle(const Verdict& verdict, Request& request, const Reply& reply) {
  const Route& route = *verdict.route;
  if (request.is_body_too_large && verdict.body_bytes_max == 0) {
    return error_response(request, 413, to_string(Code::payload_too_large));
  }
  const bool is_private = route.access >= Access::user;
  const auto dress = [this, &route, &request, is_private](Response& response) {
    if (request.identity && route.is_traced) trace(request, response);
    if (is_private) add_read_headers(response);
    if (route.is_cross_origin) add_cross_origin_headers(response, request, services_.config.policy);
  };
  try {
    const Reply finish = [reply, dress](Response response) {
      dress(response);
      reply(std::move(response));
    };
    Answered answered = route.handler(services_, request, finish);
    if (answered) dress(*answered);
    return answered;
  } catch (const std::exception& exception) {
    log_line(Level::error, "unhandled exception",
             {.request_id = request.request_id, .trace_id = request.trace_id, .error_message = exception.what()});
    services_.activity.note_exception(exception.what(), request.request_id, wall_clock_now());
    return error_response(request, 500, to_string(Code::internal_error));
  }
}

}  // namespace mayday::origin::http
