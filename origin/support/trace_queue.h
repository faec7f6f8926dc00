#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "origin/support/request_logs.h"

namespace mayday::origin {

/// The origin's own requests, traced like any backend's: put down here by the connections, written by a thread, many at once.
class TraceQueue {
 public:
  static constexpr std::size_t waiting_max = 4'096;

  explicit TraceQueue(RequestLogs& logs);
  /// Writes what waits, then ends.
  ~TraceQueue();

  /// Never waits. Where too many do already, the trace is dropped and counted.
  void push(RequestTrace trace);

  std::uint64_t dropped();

 private:
  void run();

  RequestLogs& logs_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<RequestTrace> waiting_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace mayday::origin
