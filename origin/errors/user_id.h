#pragma once

#include <string>
#include <string_view>

namespace mayday::origin {

/// A user as events know them: the SHA-256 of the team's own id in hex, as the browser's `setUser` makes it. What is one already
/// stays as it is.
std::string hashed_user_id(std::string_view user_id);

}  // namespace mayday::origin
