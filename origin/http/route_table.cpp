#include "origin/http/route_table.h"

#include <iterator>

#include "mayday/base/limits.h"

namespace mayday::origin::http {
namespace {

constexpr std::size_t ingest_bytes_max = 1024 * 1024;
constexpr std::size_t form_bytes_max = 8 * 1024;
constexpr std::size_t report_bytes_max = 256 * 1024;

constexpr Route table[] = {
    {"POST", "/ingest", Access::edge, ingest_bytes_max, take_ingest},
    {"", "/v1/logs", Access::open, body_bytes_max, take_logs},
    {"", "/v1/logs/{rest*}", Access::open, body_bytes_max, take_logs},

    {"POST", "/auth/register", Access::open, form_bytes_max, register_user},
    {"POST", "/auth/login", Access::open, form_bytes_max, sign_in},
    {"POST", "/auth/refresh", Access::open, form_bytes_max, refresh_sign_in},
    {"POST", "/auth/logout", Access::open, form_bytes_max, sign_out},
    {"GET", "/auth/me", Access::user, 0, show_identity},

    {"GET", "/events", Access::agent, 0, list_events},
    {"GET", "/events/live", Access::agent, 0, stream_events},
    {"GET", "/events/{event_id}", Access::agent, 0, show_event},
    {"GET", "/stats", Access::agent, 0, show_stats},

    {"GET", "/support/logs", Access::user, 0, list_request_logs, true, false},
    {"DELETE", "/support/logs", Access::user, 0, clear_request_logs, true, false},
    {"GET", "/api/v2/support/logs", Access::user, 0, list_request_logs, true, false},
    {"DELETE", "/api/v2/support/logs", Access::user, 0, clear_request_logs, true, false},
    {"POST", "/support/report", Access::caller, report_bytes_max, take_report, true},
    {"POST", "/api/v2/support/report", Access::caller, report_bytes_max, take_report, true},
    {"POST", "/api/v1/requests", Access::service, ingest_bytes_max, take_request_logs},

    {"POST", "/api/v1/errors/track", Access::user, report_bytes_max, track_error, true},
    {"GET", "/api/v1/errors/user/{id}", Access::user, 0, list_user_errors, true},
    {"GET", "/api/v1/errors/patterns", Access::agent, 0, list_error_patterns, true},
    {"GET", "/api/v1/errors/struggling-users", Access::agent, 0, show_struggling_users, true},
    {"GET", "/api/v1/errors/impact/high", Access::agent, 0, list_high_impact, true},
    {"GET", "/api/v1/errors/cascade/{session}", Access::agent, 0, show_cascade, true},
    {"GET", "/api/v1/errors/rate/{user}", Access::user, 0, show_error_rate, true},
    {"POST", "/api/v1/errors/{id}/resolve", Access::agent, form_bytes_max, resolve_error, true},
    {"GET", "/api/v1/alerts", Access::agent, 0, list_alerts},
    {"POST", "/api/ops/support-pack", Access::admin, form_bytes_max, make_pack},

    {"GET", "/ready", Access::open, 0, show_ready},
    {"GET", "/health", Access::open, 0, show_health},
    {"GET", "/metrics", Access::scraper, 0, show_metrics},
    {"GET", "/", Access::open, 0, show_dashboard},
    {"GET", "/admin/ops", Access::open, 0, show_dashboard},
    {"GET", "/assets/{file*}", Access::open, 0, show_dashboard},
};
static_assert(std::size(table) <= other_route, "each route has a place of its own in the metrics");

}  // namespace

std::string_view to_string(Access access) {
  switch (access) {
    case Access::open: return "open";
    case Access::caller: return "caller";
    case Access::edge: return "edge";
    case Access::service: return "service";
    case Access::scraper: return "scraper";
    case Access::user: return "user";
    case Access::agent: return "agent";
    case Access::admin: return "admin";
  }
  return "open";
}

std::span<const Route> route_table() { return table; }

}  // namespace mayday::origin::http
