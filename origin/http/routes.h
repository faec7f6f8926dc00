#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "origin/auth/accounts.h"
#include "origin/config.h"
#include "origin/http/logs_ingest.h"
#include "origin/http/message.h"
#include "origin/http/metrics.h"
#include "origin/http/public_limit.h"
#include "origin/live/hub.h"
#include "origin/ops/activity.h"
#include "origin/sql/database.h"
#include "origin/store/store.h"
#include "origin/support/request_logs.h"
#include "origin/support/trace_queue.h"
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
  sql::Database& desk;
  auth::Accounts& accounts;
  RequestLogs& request_logs;
  TraceQueue& traces;
  PublicLimit& public_limit;
  LogsIngest& tracked;  ///< What signed-in people track: sanitized like all, with no signature and no limit by address.
  ops::Activity& activity;
  const std::atomic<bool>& is_stopping;
  TaskQueue& hashers;  ///< Where passwords are hashed: one at a time, for each takes 64 MiB.
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

/// POST /auth/register: an account of role user, signed in.
Answered register_user(Services& services, Request& request, const Reply& reply);

/// POST /auth/login: by tokens, or with `"cookie": true` by cookies.
Answered sign_in(Services& services, Request& request, const Reply& reply);

/// POST /auth/refresh: a new pair of tokens for the refresh token, which is of no use any more.
Answered refresh_sign_in(Services& services, Request& request, const Reply& reply);

/// POST /auth/logout: ends the sign-in.
Answered sign_out(Services& services, Request& request, const Reply& reply);

/// GET /auth/me: who is signed in.
Answered show_identity(Services& services, Request& request, const Reply& reply);

/// GET /support/logs: what the caller has asked the team's backends for of late.
Answered list_request_logs(Services& services, Request& request, const Reply& reply);

/// DELETE /support/logs: the caller's own; an admin's `userId` names another's.
Answered clear_request_logs(Services& services, Request& request, const Reply& reply);

/// POST /api/v1/requests: `{"requests": [...]}`, at most `requests_per_post_max`, from a backend.
inline constexpr std::size_t requests_per_post_max = 1'000;
Answered take_request_logs(Services& services, Request& request, const Reply& reply);

/// POST /support/report: makes a ticket with its evidence.
Answered take_report(Services& services, Request& request, const Reply& reply);

/// POST /api/v1/errors/track: one error of the caller's; an agent may name another `userId`.
Answered track_error(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/user/{id}: the newest errors of one user; users ask for themselves alone.
Answered list_user_errors(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/patterns?time_range=1h: what fails again and again, and whether it is resolved.
Answered list_error_patterns(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/struggling-users: more than five errors within the hour.
Answered show_struggling_users(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/impact/high: errors of severity high and critical.
Answered list_high_impact(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/cascade/{session}: a session's errors in their order.
Answered show_cascade(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/errors/rate/{user}: the last seven days of one user.
Answered show_error_rate(Services& services, Request& request, const Reply& reply);

/// POST /api/v1/errors/{id}/resolve: the pattern of an error (its event_id) or a fingerprint, until it is seen again.
Answered resolve_error(Services& services, Request& request, const Reply& reply);

/// GET /api/v1/alerts: newest first.
Answered list_alerts(Services& services, Request& request, const Reply& reply);

/// POST /api/ops/support-pack: what somebody needs who is to help from afar, without a secret.
Answered make_pack(Services& services, Request& request, const Reply& reply);

/// GET /ready: whether requests can be served: 503 while the origin stops, or a store does not answer.
Answered show_ready(Services& services, Request& request, const Reply& reply);

/// GET /, /admin/ops and their assets. The page signs in; what it shows comes from the other routes.
Answered show_dashboard(Services& services, Request& request, const Reply& reply);

/// Runs `question` on `queue`, beside the connections, and replies with its answer; 503 at once where too many wait there.
Answered run_on(TaskQueue& queue, const Request& request, const Reply& reply, std::function<Response()> question);

/// The same where questions to the stores are asked.
Answered ask_store(Services& services, const Request& request, const Reply& reply, std::function<Response()> question);

}  // namespace mayday::origin::http
