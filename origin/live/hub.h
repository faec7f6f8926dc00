#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "origin/store/event_batch.h"

/// Server-sent events (HTML standard, section 9.2): who listens hears of each committed event.
namespace mayday::origin::live {

/// What one listener has not been sent yet. Bounded: whoever reads too slowly loses what waits, is told so by an event
/// `reset`, and fetches the list anew.
class Subscription {
 public:
  static constexpr std::size_t waiting_bytes_max = 1024 * 1024;

  /// Takes what waits, as text of an event stream; empty where nothing does.
  std::string take();

  /// True once the hub has closed: nothing comes any more.
  bool closed() const;

  /// `wake` is called, from any thread, when something begins to wait or the hub closes. It must not call back.
  void set_wake(std::function<void()> wake);

 private:
  friend class Hub;
  void offer(const std::string& frames);
  void close();

  mutable std::mutex mutex_;
  std::string waiting_;
  bool closed_ = false;
  std::function<void()> wake_;
};

/// Sends committed events to all listeners. Every function may be called from any thread.
class Hub {
 public:
  static constexpr std::size_t subscribers_max = 256;

  /// A listener from now on, until the last owner lets go of it. Nothing where there are too many, or the hub is closed.
  std::shared_ptr<Subscription> subscribe();

  void publish(std::span<const EventRow* const> rows);

  /// Ends every stream.
  void close();

  std::size_t subscribers();

 private:
  std::vector<std::shared_ptr<Subscription>> listeners();

  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace mayday::origin::live
