#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "origin/config.h"
#include "origin/ops/activity.h"
#include "origin/sql/database.h"
#include "origin/store/store.h"

namespace mayday::origin::ops {

struct PackRequest {
  std::string session_id;  ///< Empty: no section of a session.
  std::string trace_id;
  bool includes_config = false;
};

/// What a pack is made of. Borrowed.
struct PackSources {
  const Config& config;
  Store& store;
  sql::Database& desk;
  Activity& activity;
};

/// A support pack (SPEC section 6), redacted. Every figure is this process's own, measured; what could not be read is missing
/// and named under `incomplete`. Blocking.
nlohmann::json make_support_pack(const PackRequest& request, const PackSources& sources, Timestamp now);

}  // namespace mayday::origin::ops
