#include "origin/errors/user_id.h"

#include <algorithm>

#include "mayday/base/sha256.h"

namespace mayday::origin {

std::string hashed_user_id(std::string_view user_id) {
  const bool is_hash = user_id.size() == 64 && std::all_of(user_id.begin(), user_id.end(), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                       });
  if (is_hash) return std::string(user_id);
  std::string hex(64, '\0');
  format_digest(sha256(user_id), hex.data());
  return hex;
}

}  // namespace mayday::origin
