#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mayday::origin {

/// A few threads that run tasks in the order they came. Tasks must not throw.
class TaskQueue {
 public:
  struct Options {
    std::size_t threads = 2;
    std::size_t waiting_max = 256;
  };

  explicit TaskQueue(Options options);

  /// Runs what waits, then ends.
  ~TaskQueue();

  /// False, and the task is not run, where too many wait.
  bool post(std::function<void()> task);

 private:
  void run();

  Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mayday::origin
