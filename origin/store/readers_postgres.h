#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "origin/sql/postgres_connection.h"

namespace mayday::origin::postgres {

/// Connections that read, for any thread; each statement ends with an error after `statement_ms_max`.
class Readers {
 public:
  Readers(std::string url, std::int64_t statement_ms_max)
      : url_(std::move(url)), options_{.statement_ms_max = statement_ms_max} {}

  /// One statement; once more, where its connection turns out to be lost.
  Result<Rows> run(std::string_view sql, std::span<const Parameter> parameters = {});
  /// As `Connection::run_binary`.
  Result<Rows> run_binary(std::string_view sql, std::span<const Parameter> parameters);

 private:
  template <typename Ask>
  Result<Rows> ask(Ask ask);
  Result<Connection> take();
  void give_back(Connection connection);

  std::string url_;
  ConnectOptions options_;
  std::mutex mutex_;
  std::vector<Connection> idle_;
};

}  // namespace mayday::origin::postgres
