#include "origin/store/readers_postgres.h"

#include <utility>

namespace mayday::origin::postgres {
namespace {

/// As many as threads ask at once (task_queue.h), and some for health.
constexpr std::size_t idle_max = 4;

}  // namespace

Result<Rows> Readers::run(std::string_view sql, std::span<const Parameter> parameters) {
  Result<Connection> connection = take();
  if (!connection) return connection.error();
  Result<Rows> rows = connection->run(sql, parameters);
  if (!rows && !connection->is_alive()) {
    connection = Connection::open(url_, options_);
    if (!connection) return connection.error();
    rows = connection->run(sql, parameters);
  }
  give_back(std::move(*connection));
  return rows;
}

Result<Connection> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Connection connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return Connection::open(url_, options_);
}

void Readers::give_back(Connection connection) {
  const std::lock_guard lock(mutex_);
  if (connection.is_alive() && idle_.size() < idle_max) idle_.push_back(std::move(connection));
}

}  // namespace mayday::origin::postgres
