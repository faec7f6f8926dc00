#pragma once

#include <functional>
#include <optional>

#include "origin/config.h"
#include "origin/http/logs_ingest.h"
#include "origin/http/message.h"
#include "origin/http/metrics.h"
#include "origin/live/hub.h"
#include "origin/store/store.h"
#include "origin/task_queue.h"

/// The routes, one file each. A handler answers at once, or nothing and then through `reply`.
namespace mayday::origin::http {

/// What the routes work with. Borrowed: everything outlives the server.
struct Services {
  const Config& config;
  Store& store;
  live::Hub& hub;
  Metrics& metrics;
  TaskQueue& readers;  ///< Where questions to the store are asked, so that no connection waits behind one.
  LogsIngest& logs;
};

using Answered = std::optional<Response>;

/// POST /ingest: NDJSON from an edge. Answered after the commit.
Answered take_ingest(Services& services, Request& request, const Reply& reply);

/// POST, OPTIONS /v1/logs and GET /v1/logs/health: the edge, linked in. Answered after the commit.
Answered take_logs(Services& services, Request& request, const Reply& reply);

/// GET /events: a page of events, newest first.
Answered list_events(Services& services, Request& request, const Reply& reply);

/// GET /events/{event_id}.
Answered show_event(Services& services, Request& request, const Reply& reply);

/// GET /events/live: each event once it is committed.
Answered stream_events(Services& services, Request& request, const Reply& reply);

/// GET /stats: what happened by minute, and what breaks most.
Answered show_stats(Services& services, Request& request, const Reply& reply);

/// GET /health: whether events can be stored and read.
Answered show_health(Services& services, Request& request, const Reply& reply);

/// GET /metrics: the Prometheus text format.
Answered show_metrics(Services& services, Request& request, const Reply& reply);

/// GET / and its assets.
Answered show_dashboard(Services& services, Request& request, const Reply& reply);

/// Runs `question` beside the connections and replies with its answer; 503 at once where too many wait.
Answered ask_store(Services& services, const Request& request, const Reply& reply, std::function<Response()> question);

}  // namespace mayday::origin::http
