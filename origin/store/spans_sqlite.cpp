#include "origin/store/spans_sqlite.h"

namespace mayday::origin::sqlite {

Result<std::vector<SpanRun>> plan_spans(Database& database, std::int64_t day, Timestamp since, Timestamp until) {
  RolledSpans rolled;
  Result<void> read = read_rows(database.prepare("SELECT width, at FROM rolled"),
                                [&rolled](Statement& row) { rolled.emplace(row.integer(0), row.integer(1)); });
  if (!read) return read.error();
  return mayday::origin::plan_spans(rolled, day, since, until);
}

}  // namespace mayday::origin::sqlite
