#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "origin/store/store.h"

namespace mayday::origin::http {

/// The names under which requests are counted. Fixed, so that no client can make a new one.
enum class RouteName : std::uint8_t {
  ingest,
  logs,
  events,
  event,
  live,
  stats,
  health,
  metrics,
  dashboard,
  other,
};
inline constexpr std::size_t route_names_count = 10;

/// What `/metrics` tells. Counters only go up; every function may be called from any thread.
class Metrics {
 public:
  void count_request(RouteName route, int status);
  void count_events(std::uint64_t stored, std::uint64_t known, std::uint64_t rejected);
  void connection_opened() { ++connections_; }
  void connection_closed() { --connections_; }
  std::size_t connections() const { return connections_; }

  /// The Prometheus text format, version 0.0.4.
  std::string to_text(const StoreFigures& store, std::size_t live_subscribers) const;

 private:
  static constexpr std::array<int, 16> statuses{200, 204, 304, 400, 401, 403, 404, 405,
                                                408, 413, 415, 429, 431, 500, 503, 0};

  std::array<std::array<std::atomic<std::uint64_t>, statuses.size()>, route_names_count> requests_{};
  std::atomic<std::uint64_t> stored_ = 0;
  std::atomic<std::uint64_t> known_ = 0;
  std::atomic<std::uint64_t> rejected_ = 0;
  std::atomic<std::size_t> connections_ = 0;
};

}  // namespace mayday::origin::http
