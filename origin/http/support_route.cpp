#include <nlohmann/json.hpp>

#include "mayday/base/uuid.h"
#include "origin/clock.h"
#include "origin/http/json_body.h"
#include "origin/http/public_limit.h"
#include "origin/http/query.h"
#include "origin/http/routes.h"
#include "origin/support/clean_text.h"
#include "origin/support/request_trace.h"
#include "origin/support/tickets.h"

namespace mayday::origin::http {
namespace {

using nlohmann::json;

constexpr std::int64_t logs_default = 50;
constexpr std::size_t message_chars_max = 4'000;
constexpr std::size_t action_chars_max = 64;
constexpr std::size_t id_chars_max = 128;
constexpr std::size_t contact_chars_max = 254;
constexpr std::size_t page_chars_max = 2'048;
constexpr std::size_t events_max = 50;

json context_of(const auth::Identity& identity) {
  return {
      {"userId", identity.user_id}, {"role", auth::to_string(identity.role)}, {"displayName", identity.display_name}};
}

std::vector<std::string> read_event_ids(JsonBody& body) {
  std::vector<std::string> ids = body.texts("event_ids", events_max, uuid_chars);
  for (std::string& id : ids) {
    if (!lower_uuid(std::string(id), id.data())) body.refuse("event_ids");
  }
  return ids;
}

std::vector<std::string> read_request_logs(JsonBody& body, Timestamp now) {
  const json& given = body.member("request_logs");
  std::vector<std::string> logs;
  if (given.is_null()) return logs;
  if (!given.is_array() || given.size() > request_logs_max) return body.refuse("request_logs"), logs;
  for (const json& one : given) {
    if (std::optional<std::string> log = clean_trace(one, now)) logs.push_back(std::move(*log));
  }
  return logs;
}

std::string read_report_id(JsonBody& body) {
  std::string id = body.text("report_id", uuid_chars);
  if (!id.empty() && !lower_uuid(std::string(id), id.data())) body.refuse("report_id");
  return id;
}

Report read_report(JsonBody& body, const Request& request, Timestamp now) {
  using schema::Profile;
  Report report;
  report.id = read_report_id(body);
  report.message = clean_text(body.required_text("message", message_chars_max), Profile::message, message_chars_max);
  report.action = clean_text(body.text("action", action_chars_max), Profile::identifier, action_chars_max);
  if (report.action.empty()) report.action = "generic";
  report.session_id = clean_text(body.text("session_id", id_chars_max), Profile::identifier, id_chars_max);
  // An address that its owner wrote down to be answered at: not redacted, and shown to agents alone.
  report.contact = body.text("contact", contact_chars_max);
  if (const std::string page = body.text("page", page_chars_max); !page.empty()) report.page = clean_path(page);
  report.event_ids = read_event_ids(body);
  report.request_logs = read_request_logs(body, now);
  if (request.identity) report.user_id = request.identity->user_id;
  return report;
}

}  // namespace

Answered list_request_logs(Services& services, Request& request, const Reply& reply) {
  const Query query(request.query);
  const auto limit = query.integer("limit", 1, static_cast<std::int64_t>(request_logs_max), logs_default);
  if (!query.is_valid() || !limit) return error_response(request, 400, "invalid_query", "limit");
  return ask_store(services, request, reply, [&services, &request, limit = static_cast<std::size_t>(*limit)] {
    const Result<std::vector<std::string>> logs =
        services.request_logs.list(request.caller().user_id, limit, wall_clock_now());
    if (!logs) return store_failure_response(request, logs.error().code);
    json list = json::array();
    for (const std::string& log : *logs) {
      if (json one = json::parse(log, nullptr, false); one.is_object()) list.push_back(std::move(one));
    }
    return json_response({{"data", {{"logs", std::move(list)}, {"userContext", context_of(request.caller())}}}});
  });
}

Answered clear_request_logs(Services& services, Request& request, const Reply& reply) {
  const Query query(request.query);
  if (!query.is_valid()) return error_response(request, 400, "invalid_query", "query");
  const std::string user_id = query.value("userId").value_or(request.caller().user_id);
  if (user_id != request.caller().user_id && request.caller().role != auth::Role::admin) {
    return error_response(request, 403, "forbidden");
  }
  return ask_store(services, request, reply, [&services, &request, user_id] {
    const Result<void> cleared = services.request_logs.clear(user_id);
    if (!cleared) return store_failure_response(request, cleared.error().code);
    Response response;
    response.status = 204;
    return response;
  });
}

Answered take_request_logs(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const json& given = body.member("requests");
  if (!given.is_array() || given.size() > requests_per_post_max) body.refuse("requests");
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  const Timestamp now = wall_clock_now();
  std::vector<RequestTrace> traces;
  std::size_t anonymous = 0, rejected = 0;
  for (const json& one : given) {
    std::optional<std::string> log = clean_trace(one, now);
    const json user = one.is_object() ? one.value("userId", json()) : json();
    const bool has_user = user.is_string() && !user.get_ref<const std::string&>().empty();
    if (!log || (has_user && user.get_ref<const std::string&>().size() > id_chars_max)) {
      ++rejected;
    } else if (!has_user) {
      ++anonymous;  // Nobody's: there is no list that it belongs to.
    } else {
      traces.push_back({user.get<std::string>(), std::move(*log)});
    }
  }
  return ask_store(services, request, reply, [&services, &request, traces = std::move(traces), anonymous, rejected] {
    if (!traces.empty()) {
      const Result<void> pushed = services.request_logs.push(traces, wall_clock_now());
      if (!pushed) return store_failure_response(request, Code::origin_unavailable);
    }
    return json_response({{"stored", traces.size()}, {"anonymous", anonymous}, {"rejected", rejected}});
  });
}

Answered take_report(Services& services, Request& request, const Reply& reply) {
  if (std::optional<Response> refusal = services.public_limit.refuse(request)) return refusal;
  JsonBody body(request);
  const Timestamp now = wall_clock_now();
  Report report = read_report(body, request, now);
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  return ask_store(services, request, reply, [&services, &request, report = std::move(report), now] {
    const Result<Ticket> ticket = Tickets(services.desk).open(report, now);
    if (!ticket) return store_failure_response(request, Code::origin_unavailable);
    return json_response(
        {{"data", {{"ticket", {{"id", ticket->id}, {"number", ticket->number}, {"status", ticket->status}}}}}}, 201);
  });
}

}  // namespace mayday::origin::http
