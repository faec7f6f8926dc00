#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "mayday/base/limits.h"
#include "origin/clock.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

/// What stands for a body that was not read to its end: the edge answers it as too large, with all its headers.
const std::string& oversized_body() {
  static const std::string body(body_bytes_max + 1, ' ');
  return body;
}

mayday::Request to_core(const Request& request) {
  mayday::Request core;
  core.method = request.is_head ? "HEAD" : request.method;
  core.target = request.target;
  core.body = request.is_body_too_large ? oversized_body() : request.body;
  for (const auto& [name, value] : request.headers) {
    std::string lower(name);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    core.set_header(lower, value);
  }
  core.request_id = request.request_id;
  core.client_address = request.client_address;
  core.now = wall_clock_now();
  return core;
}

void add_headers(std::string_view lines, Response& response) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    if (name == "content-type") {
      response.content_type = line.substr(colon + 2);
    } else {
      response.headers.emplace_back(name, line.substr(colon + 2));
    }
  }
}

Response to_response(const Answer& answer) {
  Response response;
  response.status = answer.status;
  response.content_type.clear();
  response.body = answer.body;
  add_headers(answer.headers, response);
  return response;
}

/// The acceptance that `accepted` tells did not come true. Its CORS headers and identifiers still hold; `refuse_last`
/// would take back another request's, for others have been admitted since.
Response to_failure(const Request& request, Response accepted) {
  Response failure = store_failure_response(request, Code::origin_unavailable);
  for (auto& header : accepted.headers) failure.headers.push_back(std::move(header));
  return failure;
}

}  // namespace

Answered take_logs(Services& services, Request& request, const Reply& reply) {
  mayday::Request core = to_core(request);
  const StoreFigures figures = services.store.figures();
  core.forwarded = figures.stored_events;
  core.pending = figures.queued_events;
  core.stalled_ms = figures.stalled_ms;
  if (services.store.refusal() != Code::none) core.room_bytes = 0;

  const std::lock_guard lock(services.logs.mutex);
  const Answer answer = services.logs.ingest.admit(core);
  Response response = to_response(answer);
  if (answer.events == 0) return response;
  const std::uint32_t events = answer.events;
  const auto batch = std::make_shared<const EventBatch>(std::string(answer.lines), core.now);
  const Result<void> taken =
      services.store.append(batch, [&services, &request, batch, reply, response, events](Result<Appended> appended) {
        if (!appended) {
          services.activity.refused(*batch, to_string(appended.error().code), wall_clock_now());
          const std::lock_guard later(services.logs.mutex);
          services.logs.ingest.take_back(events);
          return reply(to_failure(request, response));
        }
        services.activity.arrived(*batch, wall_clock_now());
        services.metrics.count_events(appended->stored, appended->known, batch->rejected().size());
        reply(response);
      });
  if (!taken) services.activity.refused(*batch, to_string(taken.error().code), wall_clock_now());
  if (!taken) return to_response(services.logs.ingest.refuse_last(core));
  return std::nullopt;
}

}  // namespace mayday::origin::http
