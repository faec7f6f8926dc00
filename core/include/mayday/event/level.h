#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mayday {

/// In order of weight, so that `level >= floor` reads as it should.
enum class Level : std::uint8_t { debug, info, warn, error };

std::optional<Level> parse_level(std::string_view text);
std::string_view to_string(Level level);

}  // namespace mayday
