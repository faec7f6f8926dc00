#pragma once

#include <string_view>

#include "mayday/base/buffer.h"

namespace mayday {

/// What a User-Agent header tells of a browser. Empty where it tells nothing; points into the header and into constants.
struct UserAgent {
  std::string_view browser;  ///< Chrome, Edge, Firefox, Safari, Opera, Samsung Internet: the product, on any system.
  std::string_view version;  ///< Its first two numbers, such as `142.0`.
  std::string_view os;       ///< Windows, macOS, iOS, Android, ChromeOS, Linux.
  bool mobile = false;       ///< Says so itself: a phone, as a rule.
  bool crawler = false;      ///< Says that it is a machine: search engines, link previews, monitors.
};

/// No more of a header is looked at.
inline constexpr std::size_t agent_bytes_read = 512;

/// Reads the header by a few general rules, not by a list of devices: what is new is named by its engine.
UserAgent parse_user_agent(std::string_view header);

}  // namespace mayday
