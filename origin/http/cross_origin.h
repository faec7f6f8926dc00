#pragma once

#include <optional>

#include "mayday/ingest/policy.h"
#include "origin/http/message.h"

/// CORS (Fetch standard, section 3.2) for the routes that a team's own pages call: reports, request logs, errors.
namespace mayday::origin::http {

/// 204 for a preflight, 403 for a page of an origin that is neither this host nor in EXTRA_CORS_ORIGINS; nothing where the
/// request may go on.
std::optional<Response> judge_cross_origin(const Request& request, const Policy& policy);

void add_cross_origin_headers(Response& response, const Request& request, const Policy& policy);

}  // namespace mayday::origin::http
