#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "origin/store/append_queue.h"
#include "origin/store/clickhouse.h"
#include "origin/store/place.h"
#include "origin/store/turns_postgres.h"

namespace mayday::origin::clickhouse {

/// Inserts what is not there yet, and drops days. Looking and inserting are one turn among the origins that share the tables.
class EventWriter final : public AppendQueue::Writer {
 public:
  struct Options {
    std::int64_t retention_days;
    std::uint64_t retention_bytes;  ///< 0: as many as there are.
    std::string turns_url = {};     ///< As in `StoreOptions`.
    std::function<Timestamp()> now;
  };

  EventWriter(Client& client, Options options, std::atomic<std::uint64_t>& bytes)
      : client_(client), options_(std::move(options)), turns_(options_.turns_url), bytes_(bytes) {}

  Result<void> write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) override;

  void tend() override;

 private:
  struct Placed {
    const EventRow* row;
    AppendQueue::Job* job;
    Place place;
    std::string id;
  };
  using Ids = std::unordered_set<std::string>;

  Result<void> insert_new(std::span<const Placed> rows, std::vector<const EventRow*>& added);
  Result<void> find_known(std::span<const Placed> rows, Ids& known);

  Client& client_;
  Options options_;
  postgres::Turns turns_;
  std::atomic<std::uint64_t>& bytes_;
  std::int64_t looked_ms_ = 0;
};

}  // namespace mayday::origin::clickhouse
