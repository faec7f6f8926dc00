#pragma once

#include <functional>
#include <memory>
#include <span>

#include "origin/config.h"
#include "origin/store/store.h"

namespace mayday::origin {

/// Opens the store of events that the configuration names. The reason of a failure goes to the log.
Result<std::unique_ptr<Store>> open_store(const Config& config,
                                          std::function<void(std::span<const EventRow* const>)> on_committed);

}  // namespace mayday::origin
