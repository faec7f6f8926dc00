#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "mayday/base/result.h"
#include "origin/store/name_ids_sqlite.h"
#include "origin/store/sqlite.h"
#include "origin/store/tally.h"

namespace mayday::origin::sqlite {

/// Writes rows and their share of the rollups into one day's file. One transaction at a time, for the writer's thread alone.
class Appender {
 public:
  static Result<Appender> prepare(Database& database);

  /// Takes the file's write lock. `disk_full` is never answered; `origin_unavailable` where the file is about to be deleted.
  Result<void> begin();

  /// Whether the event is in this file.
  Result<bool> has(const Uuid& event_id);

  /// Adds the row if its event_id is new here: true. The row must stay until `commit` or `rollback`.
  Result<bool> append(const EventRow& row, Timestamp occurred);

  /// Writes the rollups and commits: what was appended is on the disk when this answers.
  Result<void> commit();

  /// What the rollups have gained since `begin`.
  const Tally& tally() const { return tally_; }

  /// Forgets what was appended since `begin`.
  void rollback();

 private:
  Result<void> read_rolled();
  /// The wider spans of `width` that count `at` too, since they were made before.
  bool is_rolled(std::int64_t width, std::int64_t at) const { return rolled_.contains({width, at / width * width}); }

  Result<void> write_minutes();
  Result<void> write_patterns();
  Result<void> write_errors();
  Result<void> write_users();
  Result<void> write_faces();

  Database* database_ = nullptr;
  Statement begin_, commit_, rolled_rows_, has_, insert_;
  Statement minute_, pattern_, error_, user_span_, user_set_, face_;
  NameIds dimensions_, situations_;
  Tally tally_;
  std::set<std::pair<std::int64_t, std::int64_t>> rolled_;  ///< Width and start, both in minutes.
};

}  // namespace mayday::origin::sqlite
