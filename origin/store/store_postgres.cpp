#include "origin/migrations/migrations.h"
#include "origin/store/event_writer_postgres.h"
#include "origin/store/query_postgres.h"
#include "origin/store/server_store.h"

namespace mayday::origin {
namespace {

/// A transaction of PostgreSQL's costs more than one of SQLite's, and its rows less.
constexpr std::size_t transaction_rows_max = 5'000;

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, StoreOptions options) {
  Result<postgres::Connection> connection = postgres::Connection::open(url);
  if (!connection) return connection.error();
  Result<void> migrated = postgres::migrate(*connection, "events", migrations::events_postgres());
  if (!migrated) return migrated.error();
  const auto make_writer = [&](postgres::Readers&, std::atomic<std::uint64_t>& bytes) {
    return std::make_unique<postgres::EventWriter>(
        postgres::EventWriter::Options{.url = url,
                                       .retention_days = options.retention_days,
                                       .retention_bytes = options.retention_bytes,
                                       .now = options.now},
        bytes);
  };
  return std::unique_ptr<Store>(
      std::make_unique<ServerStore<postgres::Readers>>(url, options, transaction_rows_max, make_writer));
}

}  // namespace mayday::origin
