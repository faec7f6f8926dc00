#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/store/span_plan.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// As `mayday::origin::plan_spans`, for what is rolled up in one day's file.
Result<std::vector<SpanRun>> plan_spans(Database& database, std::int64_t day, Timestamp since, Timestamp until);

/// Reads every row of a statement whose parameters are bound, and makes it ready for the next run.
template <typename OnRow>
Result<void> each_row(Statement& statement, OnRow on_row) {
  for (;;) {
    const Result<bool> has_row = statement.step();
    if (!has_row) return has_row.error();
    if (!*has_row) break;
    on_row(statement);
  }
  statement.reset();
  return {};
}

/// Every row that the plan names; `sql` has width, from and until for its first three parameters.
template <typename OnRow>
Result<void> read_spans(Database& database, const std::vector<SpanRun>& runs, std::string_view sql, OnRow on_row) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  for (const SpanRun& run : runs) {
    statement->bind(1, run.width);
    statement->bind(2, run.from);
    statement->bind(3, run.until);
    if (Result<void> read = each_row(*statement, on_row); !read) return read;
  }
  return {};
}

/// Reads every row of a statement without parameters, or whose parameters are bound.
template <typename OnRow>
Result<void> read_rows(Result<Statement> statement, OnRow on_row) {
  return statement ? each_row(*statement, on_row) : Result<void>(statement.error());
}

}  // namespace mayday::origin::sqlite
