#include "origin/errors/watcher.h"

#include <chrono>
#include <utility>

#include "origin/clock.h"

namespace mayday::origin {
namespace {

constexpr std::int64_t look_ms = 15'000;
/// Also what a stop may have to wait for.
constexpr std::int64_t answer_ms_max = 3'000;
constexpr std::size_t answer_bytes_max = 1024 * 1024;

}  // namespace

Watcher::Watcher(const std::vector<std::string>& urls, Tell tell) : tell_(std::move(tell)) {
  if (urls.empty()) return;
  for (const std::string& url : urls) targets_.push_back({url, Watched(url)});
  thread_ = std::thread([this] { run(); });
}

Watcher::~Watcher() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Watcher::run() {
  while (!is_closed()) {
    for (Target& target : targets_) {
      if (is_closed()) return;
      look(target);
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(look_ms), [this] { return closed_; });
  }
}

void Watcher::look(Target& target) {
  const Result<net::HttpAnswer> answer =
      client_.get(target.url, {}, {.timeout_ms = answer_ms_max, .answer_bytes_max = answer_bytes_max});
  const std::optional<std::string> trouble = target.watched.note(answer ? &*answer : nullptr, steady_ms());
  if (trouble) tell_(target.watched.name(), *trouble);
}

bool Watcher::is_closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace mayday::origin
