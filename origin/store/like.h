#pragma once

#include <string>
#include <string_view>

namespace mayday::origin {

/// `text` between two `%`, with LIKE's own wildcards escaped by a backslash.
std::string like_anywhere(std::string_view text);

}  // namespace mayday::origin
