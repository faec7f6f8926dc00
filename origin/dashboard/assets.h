#pragma once

#include <string_view>

namespace mayday::origin::dashboard {

/// One file of the dashboard, linked in by scripts/build-dashboard.mjs.
struct Asset {
  std::string_view path;  ///< As it is asked for: `/`, `/assets/dashboard.js`.
  std::string_view content_type;
  std::string_view etag;  ///< With its quotes.
  std::string_view content;
};

/// The file at `path`, or nullptr.
const Asset* find_asset(std::string_view path);

}  // namespace mayday::origin::dashboard
