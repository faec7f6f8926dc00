#include "origin/auth/identity.h"

namespace mayday::origin::auth {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::user: return "user";
    case Role::agent: return "agent";
    case Role::admin: return "admin";
  }
  return "user";
}

std::optional<Role> parse_role(std::string_view text) {
  for (Role role : {Role::user, Role::agent, Role::admin}) {
    if (to_string(role) == text) return role;
  }
  return std::nullopt;
}

}  // namespace mayday::origin::auth
