#include "mayday/event/level.h"

namespace mayday {

std::optional<Level> parse_level(std::string_view text) {
  for (Level level : {Level::error, Level::warn, Level::info, Level::debug}) {
    if (text == to_string(level)) return level;
  }
  return std::nullopt;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  return "error";
}

}  // namespace mayday
