#include "origin/store/readers_postgres.h"

#include <utility>

namespace mayday::origin::postgres {
namespace {

/// As many as threads ask at once (task_queue.h), and some for health.
constexpr std::size_t idle_max = 4;

}  // namespace

template <typename Ask>
Result<Rows> Readers::ask(Ask ask) {
  Result<Connection> connection = take();
  if (!connection) return connection.error();
  Result<Rows> rows = ask(*connection);
  if (!rows && !connection->is_alive()) {
    connection = Connection::open(url_, options_);
    if (!connection) return connection.error();
    rows = ask(*connection);
  }
  give_back(std::move(*connection));
  return rows;
}

Result<Rows> Readers::run(std::string_view sql, std::span<const Parameter> parameters) {
  return ask([&](Connection& connection) { return connection.run(sql, parameters); });
}

Result<Rows> Readers::run_binary(std::string_view sql, std::span<const Parameter> parameters) {
  return ask([&](Connection& connection) { return connection.run_binary(sql, parameters); });
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
