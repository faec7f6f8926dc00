#include "origin/store/user_error.h"

namespace mayday::origin {
namespace {

constexpr std::string_view kinds[error_kinds_count] = {"unknown", "validation", "permission",
                                                       "timeout", "network",    "workflow"};
constexpr std::string_view severities[severities_count] = {"none", "low", "medium", "high", "critical"};

}  // namespace

std::string_view to_string(ErrorKind kind) { return kinds[static_cast<std::size_t>(kind) % error_kinds_count]; }

std::string_view to_string(Severity severity) {
  return severities[static_cast<std::size_t>(severity) % severities_count];
}

std::optional<ErrorKind> parse_error_kind(std::string_view text) {
  for (std::size_t i = 0; i < error_kinds_count; ++i) {
    if (kinds[i] == text) return static_cast<ErrorKind>(i);
  }
  return std::nullopt;
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (std::size_t i = 1; i < severities_count; ++i) {
    if (severities[i] == text) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

}  // namespace mayday::origin
