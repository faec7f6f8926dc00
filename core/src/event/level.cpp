#include "mayday/event/level.h"

#include "mayday/base/bytes.h"

namespace mayday {

std::optional<Level> parse_level(std::string_view text) {
  const auto is = [text](std::string_view word) {
    return text.size() == word.size() && bytes::equal(text.data(), word.data(), word.size());
  };
  if (is("error")) return Level::error;
  if (is("warn")) return Level::warn;
  if (is("info")) return Level::info;
  if (is("debug")) return Level::debug;
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
