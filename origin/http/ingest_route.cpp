#include <algorithm>
#include <memory>
#include <utility>

#include "mayday/base/json_writer.h"
#include "origin/clock.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

Response to_response(const Request& request, const EventBatch& batch, const Appended& appended) {
  Buffer body;
  json::ObjectWriter out(body);
  out.integer("stored", appended.stored);
  out.integer("known", appended.known);
  Buffer& rejected = out.member("rejected");
  rejected.append('[');
  for (const RejectedLine& line : batch.rejected()) {
    if (&line != &batch.rejected().front()) rejected.append(',');
    json::ObjectWriter one(rejected);
    one.integer("index", static_cast<std::int64_t>(line.index));
    one.string("reason", line.reason);
    one.close();
  }
  rejected.append(']');
  out.string("request_id", request.request_id);
  out.close();
  Response response;
  response.body = body.view();
  return response;
}

/// Of the oldest; an edge's clock that is ahead makes nothing older.
std::int64_t delay_ms_of(const EventBatch& batch, Timestamp now) {
  std::int64_t delay_ms = 0;
  for (const EventRow& row : batch.rows()) delay_ms = std::max(delay_ms, now.ms - row.received.ms);
  return delay_ms;
}

}  // namespace

Answered take_ingest(Services& services, Request& request, const Reply& reply) {
  if (request.is_body_too_large) return error_response(request, 413, to_string(Code::payload_too_large));
  if (!request.header("content-encoding").empty()) {
    return error_response(request, 415, to_string(Code::unsupported_media_type));
  }
  const auto batch = std::make_shared<const EventBatch>(std::move(request.body), wall_clock_now());
  if (batch->rows().empty()) {
    services.activity.arrived(*batch, wall_clock_now());
    services.metrics.count_events(0, 0, batch->rejected().size());
    return to_response(request, *batch, {});
  }
  const Result<void> taken =
      services.store.append(batch, [&services, &request, batch, reply](Result<Appended> appended) {
        if (!appended) {
          services.activity.refused(*batch, to_string(appended.error().code), wall_clock_now());
          return reply(store_failure_response(request, Code::origin_unavailable));
        }
        services.activity.arrived(*batch, wall_clock_now());
        services.metrics.count_events(appended->stored, appended->known, batch->rejected().size());
        services.metrics.note_delay(delay_ms_of(*batch, wall_clock_now()));
        reply(to_response(request, *batch, *appended));
      });
  if (!taken) services.activity.refused(*batch, to_string(taken.error().code), wall_clock_now());
  if (!taken) return store_failure_response(request, taken.error().code);
  return std::nullopt;
}

}  // namespace mayday::origin::http
