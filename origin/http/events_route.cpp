#include <utility>

#include "mayday/base/json_writer.h"
#include "origin/clock.h"
#include "origin/http/event_query.h"
#include "origin/http/routes.h"
#include "origin/random_id.h"

namespace mayday::origin::http {
namespace {

Response to_response(const EventPage& page) {
  Response response;
  std::size_t size = 64;
  for (const std::string& body : page.bodies) size += body.size() + 1;
  response.body.reserve(size);
  response.body = "{\"events\":[";
  for (const std::string& body : page.bodies) {
    if (&body != &page.bodies.front()) response.body += ',';
    response.body += body;  // Was read as JSON before it was stored.
  }
  response.body += "],\"next\":";
  response.body += page.next ? "\"" + format_cursor(*page.next) + "\"" : "null";
  response.body += '}';
  return response;
}

}  // namespace

Answered list_events(Services& services, Request& request, const Reply& reply) {
  EventQuery query;
  const std::string_view wrong = read_event_query(Query(request.query), query);
  if (!wrong.empty()) return error_response(request, 400, "invalid_query", wrong);
  return ask_store(services, request, reply, [&services, &request, query = std::move(query)] {
    const Result<EventPage> page = services.store.query(query.filter, query.limit, query.cursor);
    return page ? to_response(*page) : store_failure_response(request, page.error().code);
  });
}

Answered show_event(Services& services, Request& request, const Reply& reply) {
  const std::optional<Uuid> event_id = parse_uuid(request.parameter);
  if (!event_id) return error_response(request, 404, to_string(Code::not_found));
  return ask_store(services, request, reply, [&services, &request, event_id = *event_id] {
    Result<std::optional<std::string>> found = services.store.find(event_id);
    if (!found) return store_failure_response(request, found.error().code);
    if (!*found) return error_response(request, 404, to_string(Code::not_found));
    Response response;
    response.body = std::move(**found);
    return response;
  });
}

Answered stream_events(Services& services, Request& request, const Reply&) {
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("x-accel-buffering", "no");
  if (request.is_head) return response;
  std::shared_ptr<live::Subscription> subscription = services.hub.subscribe();
  if (!subscription) return store_failure_response(request, Code::origin_unavailable);
  // The stream and the count of it end together.
  struct Watched {
    std::shared_ptr<live::Subscription> subscription;
    std::shared_ptr<void> connection;
  };
  const auto watched = std::make_shared<Watched>(Watched{
      std::move(subscription),
      services.activity.connect(random_id(), auth::to_string(request.caller().role), "dashboard", wall_clock_now())});
  response.stream = {watched, watched->subscription.get()};
  return response;
}

}  // namespace mayday::origin::http
