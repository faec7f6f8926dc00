#pragma once

#include <memory>

#include "origin/config.h"
#include "origin/sql/database.h"

namespace mayday::origin {

/// Opens the database of accounts, tickets and alerts that the configuration names, and makes its folder where it is missing.
/// The reason of a failure goes to the log.
Result<std::unique_ptr<sql::Database>> open_desk(const Config& config);

}  // namespace mayday::origin
