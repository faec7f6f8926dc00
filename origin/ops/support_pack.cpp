#include "origin/ops/support_pack.h"

#include <malloc.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "mayday/base/entries.h"
#include "origin/clock.h"
#include "origin/ops/pack_redaction.h"
#include "origin/random_id.h"
#include "origin/resident_memory.h"
#include "origin/support/tickets.h"

namespace mayday::origin::ops {
namespace {

using nlohmann::json;

constexpr std::size_t tickets_max = 20;
constexpr std::size_t session_events_max = 100;
constexpr std::size_t trace_events_max = 100;
constexpr std::size_t recent_max = 100;  ///< Of each ring: a pack is to be read, and mailed.

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes / (1024 * 1024)) + "MB"; }

std::int64_t ms_of(const timeval& time) { return time.tv_sec * 1'000 + time.tv_usec / 1'000; }

json runtime() {
  const struct mallinfo2 heap = mallinfo2();
  struct rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::uint64_t heap_bytes = heap.arena + heap.hblkhd, resident = resident_bytes();
  return {{"memory",
           {{"heapUsed", megabytes(heap.uordblks + heap.hblkhd)},
            {"heapTotal", megabytes(heap_bytes)},
            {"external", megabytes(resident > heap_bytes ? resident - heap_bytes : 0)},
            {"resident", megabytes(resident)}}},
          {"cpu", {{"user", ms_of(usage.ru_utime)}, {"system", ms_of(usage.ru_stime)}}}};
}

json to_json(const SocketFigures& sockets) {
  return {{"totalConnections", sockets.connects}, {"activeConnections", sockets.connects - sockets.disconnects},
          {"totalConnects", sockets.connects},    {"totalDisconnects", sockets.disconnects},
          {"totalAuthFails", sockets.auth_fails}, {"totalJoins", sockets.joins},
          {"totalLeaves", sockets.leaves},        {"byRole", sockets.by_role},
          {"bySurface", sockets.by_surface}};
}

json to_json(const RelayFigures& relay) {
  return {{"totalFrames", relay.frames},
          {"totalDrops", relay.drops},
          {"totalDriftWarnings", relay.drift_warnings},
          {"activeSessions", relay.active_sessions},
          {"ingestRate", relay.ingest_rate}};
}

void add_buffers(json& pack, const std::array<Ring, buffers_count>& rings) {
  for (std::size_t i = 0; i < rings.size(); ++i) {
    const std::string name(to_string(static_cast<Buffer>(i)));
    const auto& entries = rings[i].entries();
    pack["eventBufferStats"][name] = {{"count", entries.size()}, {"evicted", rings[i].evicted()}};
    json& recent = pack["recentEvents"][name] = json::array();
    for (std::size_t at = entries.size() > recent_max ? entries.size() - recent_max : 0; at < entries.size(); ++at) {
      recent.push_back(json::parse(entries[at], nullptr, false));
    }
  }
}

json to_json(const Ticket& ticket) {
  json told{{"id", ticket.id},
            {"number", ticket.number},
            {"status", ticket.status},
            {"priority", ticket.priority},
            {"action", ticket.action},
            {"message", ticket.message},
            {"page", ticket.page},
            {"createdAt", format_time(ticket.created)},
            {"evidence", json::parse(ticket.evidence, nullptr, false)}};
  if (!ticket.user_id.empty()) told["userId"] = ticket.user_id;
  if (!ticket.session_id.empty()) told["sessionId"] = ticket.session_id;
  return told;
}

json to_list(const std::vector<std::string>& bodies) {
  json list = json::array();
  for (const std::string& body : bodies) list.push_back(json::parse(body, nullptr, false));
  return list;
}

class Builder {
 public:
  Builder(const PackRequest& request, const PackSources& sources, Timestamp now)
      : request_(request), sources_(sources), now_(now) {}

  json build() {
    pack_["packId"] = "pack-" + std::to_string(now_.ms) + "-" + random_id().substr(0, 8);
    pack_["generatedAt"] = now_.ms;
    pack_["generatedAtIso"] = format_time(now_);
    const SocketFigures sockets = sources_.activity.sockets();
    const RelayFigures relay = sources_.activity.relay(now_);
    pack_["summary"] = {{"environment", sources_.config.policy.environment},
                        {"version", sources_.config.policy.version},
                        {"uptime", now_.ms - sources_.activity.started().ms},
                        {"activeSessions", relay.active_sessions},
                        {"activeConnections", sockets.connects - sockets.disconnects}};
    pack_["socketStats"] = to_json(sockets);
    pack_["relayStats"] = to_json(relay);
    pack_["runtimeStats"] = runtime();
    add_buffers(pack_, sources_.activity.buffers());
    add_bundle();
    if (!request_.session_id.empty()) add_session();
    if (!request_.trace_id.empty()) add_trace();
    if (request_.includes_config) add_config();
    redact_pack(pack_);
    return std::move(pack_);
  }

 private:
  /// Tickets, each with the events that were its evidence.
  void add_bundle() {
    json& bundle = pack_["supportBundle"] = {{"tickets", json::array()}};
    const auto tickets = Tickets(sources_.desk).list({.session_id = request_.session_id}, tickets_max);
    if (!tickets) return miss("supportBundle");
    for (const Ticket& ticket : *tickets) {
      json errors = json::array();
      for (const std::string& event_id : ticket.event_ids) {
        const std::optional<Uuid> id = parse_uuid(event_id);
        if (!id) continue;
        const auto found = sources_.store.find(*id);
        if (!found) return miss("supportBundle");
        const std::optional<std::string>& event = *found;
        if (event) errors.push_back(json::parse(*event, nullptr, false));
      }
      bundle["tickets"].push_back({{"ticket", to_json(ticket)}, {"errors", std::move(errors)}});
    }
  }

  void add_session() {
    json& parity = pack_["sessionParity"] = {{"sessionId", request_.session_id},
                                             {"streams", json::object()},
                                             {"duplicates", 0},
                                             {"outOfOrder", 0},
                                             {"lastError", nullptr}};
    if (const auto figures = sources_.activity.session(request_.session_id)) {
      for (const auto& [service, stream] : figures->streams) {
        parity["streams"][service] = {{"framesIn", stream.frames_in}, {"acked", stream.acked}};
      }
      parity["duplicates"] = figures->duplicates;
      parity["outOfOrder"] = figures->out_of_order;
      if (!figures->last_error.empty()) parity["lastError"] = figures->last_error;
    }
    const auto page = sources_.store.query({.session_id = request_.session_id}, session_events_max, std::nullopt);
    if (!page) return miss("sessionEvents");
    pack_["sessionEvents"] = to_list(page->bodies);
  }

  void add_trace() {
    const auto page = sources_.store.query({.trace_id = request_.trace_id}, trace_events_max, std::nullopt);
    if (!page) return miss("trace");
    json& trace = pack_["trace"] = {{"traceId", request_.trace_id}, {"samples", to_list(page->bodies)}};
    if (page->bodies.empty()) return;
    const json& first = trace["samples"].back();
    trace["startedAt"] = first.value("timestamp", "");
    if (first.contains("session_id")) trace["sessionId"] = first["session_id"];
  }

  /// What decides how this origin behaves; none of it is a secret, and no secret is asked for.
  void add_config() {
    const Config& config = sources_.config;
    json origins = json::array();
    for (std::string_view rest = config.policy.origins; !rest.empty();) origins.push_back(take_entry(rest));
    pack_["config"] = {{"environment", config.policy.environment},
                       {"release", config.policy.release},
                       {"host", config.host},
                       {"port", config.port},
                       {"logLevel", to_string(config.policy.level_floor)},
                       {"isSigned", !config.policy.hmac_secret.empty()},
                       {"diagnosticsEnabled", !config.policy.diagnostic_secret.empty()},
                       {"metricsEnabled", true},
                       {"opsUiEnabled", true},
                       {"requestLogs", config.redis_url.empty() ? "database" : "redis"},
                       {"corsOrigins", origins},
                       {"trustedProxies", config.policy.trusted_proxies},
                       {"rateBurst", config.policy.rate.burst},
                       {"ratePerSecond", config.policy.rate.per_second},
                       {"retentionDays", config.retention_days}};
  }

  void miss(const char* section) { pack_["incomplete"].push_back(section); }

  const PackRequest& request_;
  const PackSources& sources_;
  Timestamp now_;
  json pack_;
};

}  // namespace

json make_support_pack(const PackRequest& request, const PackSources& sources, Timestamp now) {
  return Builder(request, sources, now).build();
}

}  // namespace mayday::origin::ops
