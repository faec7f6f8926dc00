#include "origin/store/open_store.h"

#include <utility>

#include "origin/store/store_clickhouse.h"

namespace mayday::origin {

Result<std::unique_ptr<Store>> open_store(const Config& config,
                                          std::function<void(std::span<const EventRow* const>)> on_committed) {
  StoreOptions options;
  options.path = config.database_path;
  options.retention_days = config.retention_days;
  options.retention_bytes = config.retention_bytes;
  options.on_committed = std::move(on_committed);
  options.turns_url = config.postgres_url;
  if (!config.clickhouse_url.empty()) return open_clickhouse_store(config.clickhouse_url, std::move(options));
  if (!config.postgres_url.empty()) return open_postgres_store(config.postgres_url, std::move(options));
  return open_sqlite_store(std::move(options));
}

}  // namespace mayday::origin
