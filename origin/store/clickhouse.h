#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/net/http_client.h"

namespace mayday::origin::clickhouse {

/// One ClickHouse, by its HTTP interface. Any thread may ask. What it says in words goes to the log; errors are
/// `storage_failed`.
class Client {
 public:
  /// `url`: `http://user:password@host:8123/database`; without a database it is `default`.
  Client(const std::string& url, std::int64_t query_ms_max);

  /// A statement that answers nothing.
  Result<void> run(std::string_view sql);

  /// Rows, each an array in the order of the SELECT. Whole numbers are numbers.
  Result<std::vector<nlohmann::json>> ask(std::string_view sql);

  /// `rows` as a JSON object a line, with the columns of `table`.
  Result<void> insert(std::string_view table, std::string_view rows);

 private:
  Result<std::string> post(const std::string& query, std::string_view body);

  std::string base_;  ///< Up to `?`, with the settings of every request behind it.
  std::int64_t query_ms_max_;
  net::HttpClient http_;
};

/// A text as a literal. Everything that could end it is escaped.
std::string quote(std::string_view text);

/// A time as a literal.
std::string quote(Timestamp time);

}  // namespace mayday::origin::clickhouse
