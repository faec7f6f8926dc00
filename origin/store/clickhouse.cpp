#include "origin/store/clickhouse.h"

#include <nlohmann/json.hpp>

#include "origin/log.h"

namespace mayday::origin::clickhouse {
namespace {

constexpr std::string_view settings =
    "&date_time_input_format=best_effort&output_format_json_quote_64bit_integers=0&input_format_null_as_default=1";

/// Longer than any question of ours may take at the server.
constexpr std::int64_t answer_grace_ms = 2'000;

}  // namespace

Client::Client(const std::string& url, std::int64_t query_ms_max) : query_ms_max_(query_ms_max) {
  const std::size_t scheme = url.find("://");
  const std::size_t slash = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  const std::string database = slash == std::string::npos ? "" : url.substr(slash + 1);
  base_ = url.substr(0, slash) + "/?database=" + net::escape_query(database.empty() ? "default" : database);
  base_ += settings;
}

Result<std::string> Client::post(const std::string& query, std::string_view body) {
  const std::string url = base_ + (query.empty() ? "" : "&query=" + net::escape_query(query));
  Result<net::HttpAnswer> answer =
      http_.post(url, {"Content-Type: text/plain"}, body, {.timeout_ms = query_ms_max_ + answer_grace_ms});
  if (!answer) {
    log_line(Level::error, "ClickHouse does not answer",
             {.error_type = "clickhouse", .error_message = net::HttpClient::describe(answer.error())});
    return Error{Code::storage_failed, 0};
  }
  if (answer->is_success()) return std::move(answer->body);
  log_line(Level::error, "a statement failed",
           {.error_type = "clickhouse", .error_message = std::string_view(answer->body).substr(0, 1'000)});
  return Error{Code::storage_failed, 0};
}

Result<void> Client::run(std::string_view sql) {
  const Result<std::string> answer = post("", sql);
  return answer ? Result<void>() : Result<void>(answer.error());
}

Result<std::vector<nlohmann::json>> Client::ask(std::string_view sql) {
  const Result<std::string> answer = post("", std::string(sql) + " FORMAT JSONCompactEachRow");
  if (!answer) return answer.error();
  std::vector<nlohmann::json> rows;
  for (std::size_t start = 0; start < answer->size();) {
    const std::size_t end = std::min(answer->find('\n', start), answer->size());
    nlohmann::json row = nlohmann::json::parse(answer->begin() + static_cast<std::ptrdiff_t>(start),
                                               answer->begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    start = end + 1;
    if (row.is_array()) {
      rows.push_back(std::move(row));
    } else if (end > start) {
      log_line(Level::error, "ClickHouse answered what is no row");
      return Error{Code::storage_failed, 0};
    }
  }
  return rows;
}

Result<void> Client::insert(std::string_view table, std::string_view rows) {
  const Result<std::string> answer = post("INSERT INTO " + std::string(table) + " FORMAT JSONEachRow", rows);
  return answer ? Result<void>() : Result<void>(answer.error());
}

std::string quote(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal += '\\';
    if (c == '\0') {
      literal += "\\0";
    } else {
      literal += c;
    }
  }
  return literal += '\'';
}

std::string quote(Timestamp time) {
  return "fromUnixTimestamp64Milli(toInt64(" + std::to_string(time.ms) + "), 'UTC')";
}

}  // namespace mayday::origin::clickhouse
