#include "origin/errors/tracked_error.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "origin/clock.h"
#include "origin/store/event_batch.h"
#include "origin/store/user_error.h"

namespace mayday::origin {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
  static const json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

std::string text_of(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

void tag(json& tags, const char* name, const std::string& value) {
  if (!value.empty()) tags[name] = value;
}

void tag_flag(json& tags, const char* name, const json& value) {
  if (value.is_boolean()) tags[name] = value.get<bool>() ? "true" : "false";
}

json tags_of(const json& tracked) {
  const json &error = member(tracked, "error"), &context = member(tracked, "context");
  const json &impact = member(tracked, "impact"), &recovery = member(tracked, "recovery");
  json tags = json::object();
  const std::string code = text_of(error, "code");
  tags["error.code"] = code.empty() ? "UNKNOWN" : code;
  const std::string type = text_of(error, "type");
  tags["error.type"] = parse_error_kind(type) ? type : "unknown";
  tag(tags, "action", text_of(context, "action"));
  tag(tags, "page", text_of(context, "page"));
  tag(tags, "workflow_id", text_of(context, "workflowId"));
  tag(tags, "agent_id", text_of(context, "agentId"));
  tag(tags, "user_message", text_of(error, "userMessage"));
  tag(tags, "impact.severity", text_of(impact, "severity"));
  tag_flag(tags, "impact.user_blocked", member(impact, "userBlocked"));
  tag_flag(tags, "impact.workflow_failed", member(impact, "workflowFailed"));
  tag_flag(tags, "impact.data_loss", member(impact, "dataLoss"));
  tag_flag(tags, "recovery.attempted", member(recovery, "attempted"));
  tag_flag(tags, "recovery.successful", member(recovery, "successful"));
  tag(tags, "recovery.method", text_of(recovery, "method"));
  tag(tags, "recovery.user_action", text_of(recovery, "userAction"));
  return tags;
}

/// The chain of errors before this one, where they are texts.
json breadcrumbs_of(const json& previous, const std::string& timestamp) {
  json crumbs = json::array();
  if (!previous.is_array()) return crumbs;
  for (const json& one : previous) {
    if (one.is_string())
      crumbs.push_back({{"timestamp", timestamp}, {"category", "error"}, {"message", one}, {"level", "error"}});
  }
  return crumbs;
}

/// Which member can't be used; empty: all can.
std::string_view problem_of(const json& tracked) {
  const json &error = member(tracked, "error"), &impact = member(tracked, "impact");
  if (!error.is_object() || text_of(error, "message").empty()) return "error.message";
  if (!member(error, "type").is_null() && !parse_error_kind(text_of(error, "type"))) return "error.type";
  if (!member(impact, "severity").is_null() && !parse_severity(text_of(impact, "severity"))) return "impact.severity";
  const json& time = member(tracked, "timestamp");
  if (!time.is_null() && !(time.is_string() && parse_timestamp(time.get_ref<const std::string&>()))) return "timestamp";
  for (const char* name : {"context", "impact", "recovery"}) {
    if (!member(tracked, name).is_null() && !member(tracked, name).is_object()) return name;
  }
  return {};
}

/// A tag's value as the flag it was.
json flag_of(const json& tags, const char* name) { return text_of(tags, name) == "true"; }

json impact_of(const json& tags, Severity severity) {
  return {{"severity", to_string(severity)},
          {"userBlocked", flag_of(tags, "impact.user_blocked")},
          {"workflowFailed", flag_of(tags, "impact.workflow_failed")},
          {"dataLoss", flag_of(tags, "impact.data_loss")}};
}

void set(json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

json context_of(const json& event, const EventRow& row) {
  const json& tags = member(event, "tags");
  json context{{"page", row.page}, {"action", row.action}};
  set(context, "workflowId", text_of(tags, "workflow_id"));
  set(context, "agentId", text_of(tags, "agent_id"));
  json previous = json::array();
  for (const json& crumb : member(event, "breadcrumbs")) {
    if (text_of(crumb, "category") == "error") previous.push_back(text_of(crumb, "message"));
  }
  if (!previous.empty()) context["previousErrors"] = std::move(previous);
  return context;
}

std::string stack_of(const json& error) {
  std::string stack;
  for (const json& line : member(error, "stack")) {
    if (line.is_string()) stack.append(stack.empty() ? "" : "\n").append(line.get_ref<const std::string&>());
  }
  return stack;
}

}  // namespace

std::string to_event(const json& tracked, const TrackContext& context, std::string_view& problem) {
  problem = problem_of(tracked);
  if (!problem.empty()) return {};
  const json &error = member(tracked, "error"), &where = member(tracked, "context");
  const std::string given = text_of(tracked, "timestamp"), code = text_of(error, "code");
  const std::string timestamp = given.empty() ? format_time(context.now) : given;
  json event{{"event_id", context.event_id},
             {"timestamp", timestamp},
             {"level", text_of(member(tracked, "impact"), "severity") == "low" ? "warn" : "error"},
             {"service", "web"},
             {"environment", context.environment},
             {"release", context.release},
             {"message", text_of(error, "message")},
             {"tags", tags_of(tracked)}};
  set(event, "user_id", context.user_id);
  set(event, "session_id", text_of(tracked, "sessionId"));
  set(event, "route", text_of(where, "page"));
  set(event, "component", text_of(where, "action"));
  event["error"] = {{"type", code.empty() ? text_of(error, "type") : code}, {"message", text_of(error, "message")}};
  if (const std::string technical = text_of(error, "technical"); !technical.empty()) {
    event["error"]["stack"] = technical;
  }
  if (json crumbs = breadcrumbs_of(member(where, "previousErrors"), timestamp); !crumbs.empty()) {
    event["breadcrumbs"] = std::move(crumbs);
  }
  // The allow-list of `data` decides what of a form's input may stay: names of a request, never what was typed.
  if (member(where, "inputData").is_object()) event["data"] = member(where, "inputData");
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

json to_user_error(const json& event) {
  // The row knows how an event is told as somebody's error; there is one place that decides it.
  const EventBatch batch(event.dump(-1, ' ', false, json::error_handler_t::replace), Timestamp{INT64_MAX});
  if (batch.rows().empty()) return nullptr;
  const EventRow& row = batch.rows().front();
  const json& tags = member(event, "tags");
  json error{{"type", to_string(row.error_kind)},
             {"code", row.error_code.empty() ? text_of(member(event, "error"), "type") : std::string(row.error_code)},
             {"message", row.message}};
  set(error, "userMessage", text_of(tags, "user_message"));
  set(error, "technical", stack_of(member(event, "error")));
  json told{{"id", text_of(event, "event_id")},
            {"userId", row.user_id},
            {"sessionId", row.session_id},
            {"timestamp", text_of(event, "timestamp")},
            {"error", std::move(error)},
            {"context", context_of(event, row)},
            {"impact", impact_of(tags, row.severity)},
            {"count", row.occurrences},
            {"fingerprint", text_of(event, "fingerprint")}};
  if (tags.is_object() && tags.contains("recovery.attempted")) {
    told["recovery"] = {{"attempted", row.recovery_attempted},
                        {"successful", row.recovered},
                        {"method", text_of(tags, "recovery.method")}};
  }
  return told;
}

}  // namespace mayday::origin
