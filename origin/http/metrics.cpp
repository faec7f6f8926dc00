#include "origin/http/metrics.h"

#include <algorithm>

#include "origin/http/route_table.h"
#include "origin/resident_memory.h"

namespace mayday::origin::http {
namespace {

constexpr Route no_route{.path = "other"};

const Route& route_at(std::size_t index) { return index < route_table().size() ? route_table()[index] : no_route; }

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  out.append(" ").append(type).append("\n");
}

void single(std::string& out, std::string_view name, std::string_view type, std::string_view help,
            std::uint64_t value) {
  head(out, name, type, help);
  out.append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

void Metrics::count_request(std::size_t route, int status) {
  const auto found = std::find(statuses.begin(), statuses.end() - 1, status);
  ++requests_[route][static_cast<std::size_t>(found - statuses.begin())];
}

void Metrics::count_events(std::uint64_t stored, std::uint64_t known, std::uint64_t rejected) {
  stored_ += stored;
  known_ += known;
  rejected_ += rejected;
}

std::string Metrics::to_text(const StoreFigures& store, std::size_t live_subscribers,
                             std::uint64_t dropped_traces) const {
  std::string out;
  head(out, "mayday_ingest_events_total", "counter", "Events taken in, by what became of them.");
  const std::pair<std::string_view, std::uint64_t> results[] = {
      {"stored", stored_}, {"known", known_}, {"rejected", rejected_}};
  for (const auto& [result, count] : results) {
    out.append("mayday_ingest_events_total{result=\"").append(result).append("\"} ");
    out.append(std::to_string(count)).append("\n");
  }
  head(out, "mayday_http_requests_total", "counter", "Requests answered, by route and status.");
  for (std::size_t route = 0; route < requests_.size(); ++route) {
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      const std::uint64_t count = requests_[route][i];
      if (count == 0) continue;
      out.append("mayday_http_requests_total{route=\"").append(route_at(route).path).append("\",method=\"");
      out.append(route_at(route).method).append("\",status=\"");
      out.append(statuses[i] ? std::to_string(statuses[i]) : "other").append("\"} ");
      out.append(std::to_string(count)).append("\n");
    }
  }
  single(out, "mayday_ingest_delay_seconds", "gauge",
         "How long the last batch's oldest event was on its way from the edge.",
         static_cast<std::uint64_t>(delay_ms_ / 1'000));
  single(out, "mayday_http_connections", "gauge", "Open connections.", connections_);
  single(out, "mayday_live_subscribers", "gauge", "Open live streams.", live_subscribers);
  single(out, "mayday_store_queue_batches", "gauge", "Batches that wait for the writer.", store.queued_batches);
  single(out, "mayday_store_queue_events", "gauge", "Events that wait for their commit.", store.queued_events);
  single(out, "mayday_store_transactions_total", "counter", "Transactions committed.", store.transactions);
  single(out, "mayday_store_database_bytes", "gauge", "Size of the database and its log.", store.database_bytes);
  single(out, "mayday_store_stalled_seconds", "gauge", "How long events have waited without a commit.",
         static_cast<std::uint64_t>(store.stalled_ms / 1'000));
  single(out, "mayday_request_traces_dropped_total", "counter", "The origin's own requests that were not traced.",
         dropped_traces);
  single(out, "process_resident_memory_bytes", "gauge", "Resident memory.", resident_bytes());
  return out;
}

}  // namespace mayday::origin::http
