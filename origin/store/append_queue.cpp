#include "origin/store/append_queue.h"

#include <chrono>
#include <utility>

#include "origin/clock.h"

namespace mayday::origin {
namespace {

constexpr std::int64_t tend_ms = 2'000;

}  // namespace

AppendQueue::AppendQueue(Options options, std::unique_ptr<Writer> writer)
    : options_(std::move(options)), writer_(std::move(writer)) {
  thread_ = std::thread([this] { run(); });
}

void AppendQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<void> AppendQueue::append(std::shared_ptr<const EventBatch> batch, Store::AppendDone done) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || queued_bytes_ >= options_.bytes_max) return Error{Code::origin_unavailable, 0};
    if (waiting_events_ == 0) progress_ms_ = steady_ms();
    queued_bytes_ += batch->bytes();
    waiting_events_ += batch->rows().size();
    queue_.push_back({.batch = std::move(batch), .done = std::move(done), .appended = {}});
  }
  wake_.notify_one();
  return {};
}

bool AppendQueue::is_full() {
  const std::lock_guard lock(mutex_);
  return queued_bytes_ >= options_.bytes_max;
}

bool AppendQueue::last_failed() {
  const std::lock_guard lock(mutex_);
  return last_failed_;
}

StoreFigures AppendQueue::figures() {
  StoreFigures figures;
  const std::lock_guard lock(mutex_);
  figures.queued_batches = queue_.size();
  figures.queued_events = waiting_events_;
  figures.stored_events = stored_events_;
  figures.transactions = transactions_;
  if (waiting_events_ > 0) figures.stalled_ms = steady_ms() - progress_ms_;
  return figures;
}

/// Takes what waits, as much as one transaction should hold. Empty: nothing came for a while, or the queue is closed.
std::vector<AppendQueue::Job> AppendQueue::take_jobs() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(tend_ms), [this] { return closed_ || !queue_.empty(); });
  std::vector<Job> jobs;
  for (std::size_t rows = 0; !queue_.empty() && rows < options_.transaction_rows_max;) {
    rows += queue_.front().batch->rows().size();
    queued_bytes_ -= queue_.front().batch->bytes();
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void AppendQueue::run() {
  for (;;) {
    std::vector<Job> jobs = take_jobs();
    if (!jobs.empty()) {
      std::vector<const EventRow*> added;
      const Result<void> written = writer_->write(jobs, added);
      settle(jobs, static_cast<bool>(written), added.size());
      if (options_.on_committed && !added.empty()) options_.on_committed(added);
      for (Job& job : jobs) job.done(written ? Result<Appended>(job.appended) : Result<Appended>(written.error()));
    } else {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
    }
    tend_when_due();
  }
}

void AppendQueue::tend_when_due() {
  const std::int64_t now = steady_ms();
  if (now - tended_ms_ < tend_ms) return;
  writer_->tend();
  tended_ms_ = steady_ms();
}

void AppendQueue::settle(std::span<const Job> jobs, bool is_committed, std::size_t added) {
  const std::lock_guard lock(mutex_);
  for (const Job& job : jobs) waiting_events_ -= job.batch->rows().size();
  last_failed_ = !is_committed;
  stored_events_ += added;
  if (!is_committed) return;
  progress_ms_ = steady_ms();
  ++transactions_;
}

}  // namespace mayday::origin
