#include "origin/support/trace_queue.h"

#include <utility>

#include "origin/clock.h"

namespace mayday::origin {

TraceQueue::TraceQueue(RequestLogs& logs) : logs_(logs) {
  thread_ = std::thread([this] { run(); });
}

TraceQueue::~TraceQueue() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TraceQueue::push(RequestTrace trace) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(trace));
  }
  wake_.notify_one();
}

std::uint64_t TraceQueue::dropped() {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void TraceQueue::run() {
  for (;;) {
    std::vector<RequestTrace> traces;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      traces.swap(waiting_);
    }
    if (logs_.push(traces, wall_clock_now())) continue;
    const std::lock_guard lock(mutex_);
    dropped_ += traces.size();
  }
}

}  // namespace mayday::origin
