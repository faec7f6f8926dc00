#pragma once

#include <memory>
#include <string>

#include "origin/store/store.h"

namespace mayday::origin {

/// As `open_postgres_store`, for events in ClickHouse, by HTTP: `url` is `http://user:password@host:8123/database`, whose database
/// must be there. Where several origins share it, each must be told of the same `options.turns_url`: an event that two of them are
/// sent in the same moment would be counted twice otherwise.
Result<std::unique_ptr<Store>> open_clickhouse_store(const std::string& url, StoreOptions options);

}  // namespace mayday::origin
