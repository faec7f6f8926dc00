#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "origin/store/store.h"

namespace mayday::origin {

/// Batches that wait for the one thread that writes them, many in one transaction. Every store has one.
class AppendQueue {
 public:
  struct Job {
    std::shared_ptr<const EventBatch> batch;
    Store::AppendDone done;
    Appended appended;
  };

  /// What an engine does; called on the queue's thread alone.
  class Writer {
   public:
    virtual ~Writer() = default;

    /// Stores what is new in one transaction, as far as the engine has one, fills each job's `appended`, and puts the rows
    /// that are committed into `added`: some of them may be so even where the answer is an error.
    virtual Result<void> write(std::span<Job> jobs, std::vector<const EventRow*>& added) = 0;

    /// Called every few seconds, between transactions: for what must be done by and by.
    virtual void tend() {}
  };

  struct Options {
    std::size_t bytes_max;             ///< NDJSON that waits; more is refused.
    std::size_t transaction_rows_max;  ///< About as many rows make a transaction.
    std::function<void(std::span<const EventRow* const>)> on_committed;
  };

  AppendQueue(Options options, std::unique_ptr<Writer> writer);
  AppendQueue(const AppendQueue&) = delete;
  AppendQueue& operator=(const AppendQueue&) = delete;
  ~AppendQueue() { close(); }

  /// As `Store::append`; refuses with `origin_unavailable`.
  Result<void> append(std::shared_ptr<const EventBatch> batch, Store::AppendDone done);

  /// Writes what waits, then ends; from one thread.
  void close();

  bool is_full();
  /// Whether the last transaction failed.
  bool last_failed();
  /// All but `database_bytes`.
  StoreFigures figures();

 private:
  std::vector<Job> take_jobs();
  void run();
  void tend_when_due();
  void settle(std::span<const Job> jobs, bool is_committed, std::size_t added);

  Options options_;
  std::unique_ptr<Writer> writer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t waiting_events_ = 0;  ///< Queued, or in the transaction that runs.
  std::int64_t progress_ms_ = 0;
  std::uint64_t stored_events_ = 0;
  std::uint64_t transactions_ = 0;
  bool last_failed_ = false;
  bool closed_ = false;
  std::int64_t tended_ms_ = 0;
  std::thread thread_;
};

}  // namespace mayday::origin
