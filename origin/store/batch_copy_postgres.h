#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "mayday/base/uuid.h"
#include "origin/sql/postgres_connection.h"
#include "origin/store/copy_postgres.h"
#include "origin/store/tally.h"

namespace mayday::origin::postgres {

using EventIds = std::set<decltype(Uuid::bytes)>;

/// What a transaction writes by COPY: events, which are made ready at once, and the users of their tally, while the server
/// takes the events in. Events go by days, and by `event_id` in each, with every origin and either way: two that write the same
/// ones never wait for each other in a circle. Borrows the rows; for one transaction.
class BatchCopy {
 public:
  struct Row {
    const EventRow* row;
    Timestamp occurred;  ///< Where it stands, which may differ from the row's own.
  };

  /// No `event_id` twice.
  explicit BatchCopy(std::vector<Row> rows);

  /// Straight into the partitions of their days. Where another origin has one of them, that is `try_again`, and nothing is written.
  Result<void> write(Connection& connection);

  /// By a staging table, from which goes what is not there yet: waits for whoever is writing one of them, and leaves theirs.
  /// Answers which ones were new; takes nearly twice as long as `write`.
  Result<EventIds> write_new(Connection& connection);

  /// Of what has been written.
  const Tally& tally() const { return tally_; }

 private:
  void add_up();
  void take_counts(std::int64_t day);
  void take_sets(std::int64_t day);
  std::string users_sql() const;
  Connection::NextData next_users();

  std::vector<Row> rows_;
  std::map<std::int64_t, CopyData> events_;  ///< By days.
  CopyData users_;                           ///< What is being copied just now.
  Tally tally_;
};

}  // namespace mayday::origin::postgres
