#pragma once

#include <string_view>

#include "origin/http/message.h"

namespace mayday::origin::http {

/// True if `Authorization: Bearer <token>` is there and right. Takes the same time wherever the two differ.
bool has_bearer_token(const Request& request, std::string_view token);

}  // namespace mayday::origin::http
