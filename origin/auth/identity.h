#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mayday::origin::auth {

/// Each may do what those before it may.
enum class Role : std::uint8_t { user, agent, admin };

std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view text);

/// Who asks, as a signed token says.
struct Identity {
  std::string user_id;  ///< At most 128 bytes.
  Role role = Role::user;
  std::string display_name;  ///< May be empty.
};

}  // namespace mayday::origin::auth
