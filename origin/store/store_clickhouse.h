#pragma once

#include <memory>
#include <string>

#include "origin/store/store.h"

namespace mayday::origin {

/// As `open_postgres_store`, for events in ClickHouse, by HTTP: `url` is `http://user:password@host:8123/database`, whose database
/// must be there. An event that two origins are sent in the same moment may be there twice until ClickHouse has merged its
/// parts.
Result<std::unique_ptr<Store>> open_clickhouse_store(const std::string& url, StoreOptions options);

}  // namespace mayday::origin
