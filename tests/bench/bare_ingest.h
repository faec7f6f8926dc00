#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What the engines do by themselves: the same tables, indexes, settings and batches as the origin's, without JSON, HTTP and
/// rollups. The most that could be asked for. A failure ends the benchmark.
namespace mayday::bench {

/// Events a second by the sqlite3 C API alone, into a file in `folder`.
double bare_sqlite(const std::string& folder, const std::vector<std::string>& bodies);

/// Events a second by libpq alone, into the empty database that `url` names: COPY into a temporary staging table, and from there
/// into the day's partition, ON CONFLICT DO NOTHING.
double bare_postgres(const std::string& url, const std::vector<std::string>& bodies, std::size_t connections);

}  // namespace mayday::bench
