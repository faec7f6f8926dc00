#include <algorithm>
#include <nlohmann/json.hpp>

#include "mayday/base/uuid.h"
#include "origin/clock.h"
#include "origin/errors/resolutions.h"
#include "origin/errors/tracked_error.h"
#include "origin/errors/user_id.h"
#include "origin/http/error_query.h"
#include "origin/http/event_query.h"
#include "origin/http/json_body.h"
#include "origin/http/public_limit.h"
#include "origin/http/query.h"
#include "origin/http/routes.h"
#include "origin/random_id.h"
#include "origin/support/clean_text.h"

namespace mayday::origin::http {
namespace {

using nlohmann::json;

constexpr std::size_t note_chars_max = 1'000;
constexpr std::int64_t struggling_range_ms = 60 * 60 * 1'000;
constexpr std::uint64_t struggling_errors = 5;
constexpr std::size_t struggling_max = 100;
constexpr std::int64_t day_ms = 24 * 60 * 60 * 1'000;
constexpr int rate_days = 7;
/// A chain longer than this is a storm; its end is what matters.
constexpr std::size_t cascade_max = 200;

json to_errors(const std::vector<std::string>& bodies) {
  json errors = json::array();
  for (const std::string& body : bodies) {
    const json event = json::parse(body, nullptr, false);
    if (json one = event.is_object() ? to_user_error(event) : json(); !one.is_null()) errors.push_back(std::move(one));
  }
  return errors;
}

/// The hashed user that the path names; nothing where the caller may not ask for them: users ask for themselves.
std::optional<std::string> user_of(const Request& request) {
  const std::optional<std::string> named = decode_segment(request.parameter);
  if (!named) return std::nullopt;
  std::string user_id = hashed_user_id(*named);
  const bool is_own = user_id == hashed_user_id(request.caller().user_id);
  return is_own || request.caller().role >= auth::Role::agent ? std::optional(std::move(user_id)) : std::nullopt;
}

/// Lets the event through the edge's own sanitizer: the same limits, redaction and fingerprint as any other's.
std::string admit(Services& services, const std::string& event, Timestamp now) {
  const std::lock_guard lock(services.tracked.mutex);
  mayday::Request core;
  core.method = "POST";
  core.target = "/v1/logs";
  core.set_header("content-type", "application/json");
  core.body = event;
  core.now = now;
  const Answer answer = services.tracked.ingest.admit(core);
  return answer.events == 1 ? std::string(answer.lines) : std::string();
}

Answered answer_errors(Services& services, Request& request, const Reply& reply, ErrorListQuery query) {
  return ask_store(services, request, reply, [&services, &request, query = std::move(query)] {
    const Result<EventPage> page = services.store.query(query.filter, query.limit, query.cursor);
    if (!page) return store_failure_response(request, page.error().code);
    return json_response(
        {{"errors", to_errors(page->bodies)}, {"next", page->next ? json(format_cursor(*page->next)) : json()}});
  });
}

/// `count` a day, cut after the second decimal.
double by_day(std::uint64_t count) {
  const std::uint64_t hundredths = count * 100 / rate_days;
  return static_cast<double>(hundredths) / 100;
}

/// The pattern that a fingerprint or an event's id stands for.
Result<std::optional<std::uint64_t>> fingerprint_of(Services& services, std::string_view id) {
  if (const std::optional<std::uint64_t> fingerprint = parse_fingerprint(id)) return fingerprint;
  const std::optional<Uuid> event_id = parse_uuid(id);
  if (!event_id) return std::optional<std::uint64_t>();
  const Result<std::optional<std::string>> found = services.store.find(*event_id);
  if (!found) return found.error();
  const std::optional<std::string>& body = *found;
  if (!body) return std::optional<std::uint64_t>();
  const json event = json::parse(*body, nullptr, false);
  const std::string text = event.is_object() ? event.value("fingerprint", "") : "";
  return parse_fingerprint(text);
}

}  // namespace

Answered track_error(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const std::string named = body.text("userId", 128);
  const bool is_agent = request.caller().role >= auth::Role::agent;
  const Timestamp now = wall_clock_now();
  const TrackContext context{.event_id = random_id(),
                             .user_id = hashed_user_id(is_agent && !named.empty() ? named : request.caller().user_id),
                             .environment = services.config.policy.environment,
                             .release = services.config.policy.release,
                             .now = now};
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  std::string_view problem;
  const std::string event = to_event(body.whole(), context, problem);
  if (!problem.empty()) return error_response(request, 400, to_string(Code::invalid_payload), problem);
  const std::string line = admit(services, event, now);
  if (line.empty()) return error_response(request, 400, to_string(Code::invalid_payload));
  const auto batch = std::make_shared<const EventBatch>(line, now);
  const Result<void> taken = services.store.append(
      batch, [&services, &request, batch, reply, id = context.event_id](Result<Appended> appended) {
        if (!appended) return reply(store_failure_response(request, Code::origin_unavailable));
        services.activity.arrived(*batch, wall_clock_now());
        services.metrics.count_events(appended->stored, appended->known, 0);
        reply(json_response({{"data", {{"id", id}}}}, 201));
      });
  if (!taken) return store_failure_response(request, taken.error().code);
  return std::nullopt;
}

Answered list_user_errors(Services& services, Request& request, const Reply& reply) {
  const std::optional<std::string> user_id = user_of(request);
  if (!user_id) return error_response(request, 403, "forbidden");
  ErrorListQuery query;
  if (const std::string_view wrong = read_error_list(Query(request.query), 10, query); !wrong.empty()) {
    return error_response(request, 400, "invalid_query", wrong);
  }
  query.filter.user_id = *user_id;
  return answer_errors(services, request, reply, std::move(query));
}

Answered list_high_impact(Services& services, Request& request, const Reply& reply) {
  ErrorListQuery query;
  if (const std::string_view wrong = read_error_list(Query(request.query), 50, query); !wrong.empty()) {
    return error_response(request, 400, "invalid_query", wrong);
  }
  query.filter.severity_min = Severity::high;
  return answer_errors(services, request, reply, std::move(query));
}

Answered show_cascade(Services& services, Request& request, const Reply& reply) {
  const std::optional<std::string> session = decode_segment(request.parameter);
  if (!session) return error_response(request, 404, to_string(Code::not_found));
  return ask_store(services, request, reply, [&services, &request, session = *session] {
    const EventFilter filter{.session_id = session, .severity_min = Severity::low};
    const Result<EventPage> page = services.store.query(filter, cascade_max, std::nullopt);
    if (!page) return store_failure_response(request, page.error().code);
    // A chain is read from its first link on.
    std::vector<std::string> bodies(page->bodies.rbegin(), page->bodies.rend());
    return json_response({{"session", session}, {"errors", to_errors(bodies)}, {"is_whole", !page->next}});
  });
}

Answered show_struggling_users(Services& services, Request& request, const Reply& reply) {
  return ask_store(services, request, reply, [&services, &request] {
    const Timestamp since{wall_clock_now().ms - struggling_range_ms};
    const auto users = services.store.struggling_users(since, struggling_errors, struggling_max);
    if (!users) return store_failure_response(request, users.error().code);
    json list = json::array();
    for (const StrugglingUser& user : *users) {
      list.push_back({{"user_id", user.user_id},
                      {"errors", user.errors},
                      {"blocked", user.blocked},
                      {"last_seen", format_time(user.last_seen)}});
    }
    return json_response({{"users", std::move(list)}, {"since", format_time(since)}});
  });
}

Answered show_error_rate(Services& services, Request& request, const Reply& reply) {
  const std::optional<std::string> user_id = user_of(request);
  if (!user_id) return error_response(request, 403, "forbidden");
  return ask_store(services, request, reply, [&services, &request, user_id = *user_id] {
    const Timestamp since{wall_clock_now().ms - (rate_days - 1) * day_ms};
    const auto days = services.store.daily_errors(user_id, since);
    if (!days) return store_failure_response(request, days.error().code);
    DailyErrors sum;
    json list = json::array();
    for (const DailyErrors& day : *days) {
      sum.errors += day.errors, sum.severe += day.severe, sum.blocked += day.blocked;
      sum.recovery_attempts += day.recovery_attempts, sum.recoveries += day.recoveries;
      list.push_back({{"date", format_time(day.day).substr(0, 10)},
                      {"errors", day.errors},
                      {"unique", day.unique},
                      {"blocked", day.blocked},
                      {"recovery_rate", rate_of(day)}});
    }
    return json_response({{"user_id", user_id},
                          {"weekly_errors", sum.errors},
                          {"critical_errors", sum.severe},
                          {"blocking_errors", sum.blocked},
                          {"daily_average", by_day(sum.errors)},
                          {"recovery_rate", rate_of(sum)},
                          {"days", std::move(list)}});
  });
}

Answered resolve_error(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const std::string note = clean_text(body.text("note", note_chars_max), schema::Profile::message, note_chars_max);
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  return ask_store(services, request, reply, [&services, &request, note] {
    const auto fingerprint = fingerprint_of(services, request.parameter);
    if (!fingerprint) return store_failure_response(request, fingerprint.error().code);
    if (!*fingerprint) return error_response(request, 404, to_string(Code::not_found));
    const auto pattern = services.store.error_pattern(**fingerprint);
    if (!pattern) return store_failure_response(request, pattern.error().code);
    if (!*pattern) return error_response(request, 404, to_string(Code::not_found));
    const Resolution resolution{wall_clock_now(), request.caller().user_id, note};
    if (!Resolutions(services.desk).resolve(**fingerprint, resolution)) {
      return store_failure_response(request, Code::storage_failed);
    }
    return json_response({{"data",
                           {{"fingerprint", hex_of(**fingerprint)},
                            {"status", "resolved"},
                            {"resolved_at", format_time(resolution.resolved)},
                            {"resolved_by", resolution.resolved_by},
                            {"note", note}}}});
  });
}

}  // namespace mayday::origin::http
