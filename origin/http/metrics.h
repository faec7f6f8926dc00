#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "origin/store/store.h"

namespace mayday::origin::http {

/// What `/metrics` tells. Counters only go up; every function may be called from any thread.
class Metrics {
 public:
  /// `route`: its place in the route table, so that no client can make a new name.
  void count_request(std::size_t route, int status);
  void count_events(std::uint64_t stored, std::uint64_t known, std::uint64_t rejected);
  /// How long a batch's oldest event had been on its way since the edge received it.
  void note_delay(std::int64_t delay_ms) { delay_ms_ = delay_ms; }
  void connection_opened() { ++connections_; }
  void connection_closed() { --connections_; }
  std::size_t connections() const { return connections_; }

  /// The Prometheus text format, version 0.0.4.
  std::string to_text(const StoreFigures& store, std::size_t live_subscribers, std::uint64_t dropped_traces) const;

 private:
  static constexpr std::array<int, 18> statuses{200, 201, 204, 304, 400, 401, 403, 404, 405,
                                                408, 409, 413, 415, 429, 431, 500, 503, 0};
  static constexpr std::size_t routes_max = 64;

  std::array<std::array<std::atomic<std::uint64_t>, statuses.size()>, routes_max> requests_{};
  std::atomic<std::uint64_t> stored_ = 0;
  std::atomic<std::uint64_t> known_ = 0;
  std::atomic<std::uint64_t> rejected_ = 0;
  std::atomic<std::int64_t> delay_ms_ = 0;
  std::atomic<std::size_t> connections_ = 0;
};

}  // namespace mayday::origin::http
