#include "origin/live/hub.h"

#include <utility>

namespace mayday::origin::live {
namespace {

constexpr std::string_view reset_frame = "event: reset\ndata: {}\n\n";

std::string to_frames(std::span<const EventRow* const> rows) {
  std::string frames;
  for (const EventRow* row : rows) {
    char id[uuid_chars];
    format_uuid(row->event_id, id);
    frames.append("id: ").append(id, uuid_chars).append("\ndata: ").append(row->body).append("\n\n");
  }
  return frames;
}

}  // namespace

std::string Subscription::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

bool Subscription::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Subscription::set_wake(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Subscription::offer(const std::string& frames) {
  const std::lock_guard lock(mutex_);
  const bool was_empty = waiting_.empty();
  // Once reset, what follows up to the next take is in the list that the page fetches anyway.
  if (waiting_ == reset_frame) return;
  if (waiting_.size() + frames.size() > waiting_bytes_max) {
    waiting_ = reset_frame;
  } else {
    waiting_ += frames;
  }
  if (was_empty && wake_) wake_();
}

void Subscription::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (wake_) wake_();
}

std::shared_ptr<Subscription> Hub::subscribe() {
  const std::lock_guard lock(mutex_);
  std::erase_if(subscriptions_, [](const auto& subscription) { return subscription.expired(); });
  if (closed_ || subscriptions_.size() >= subscribers_max) return nullptr;
  auto subscription = std::make_shared<Subscription>();
  subscriptions_.push_back(subscription);
  return subscription;
}

std::vector<std::shared_ptr<Subscription>> Hub::listeners() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Subscription>> listeners;
  for (const auto& weak : subscriptions_) {
    if (auto subscription = weak.lock()) listeners.push_back(std::move(subscription));
  }
  return listeners;
}

void Hub::publish(std::span<const EventRow* const> rows) {
  const auto to = listeners();
  if (to.empty()) return;
  const std::string frames = to_frames(rows);
  for (const auto& subscription : to) subscription->offer(frames);
}

void Hub::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  for (const auto& subscription : listeners()) subscription->close();
}

std::size_t Hub::subscribers() { return listeners().size(); }

}  // namespace mayday::origin::live
