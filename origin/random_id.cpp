#include "origin/random_id.h"

#include <sodium.h>

#include "mayday/base/uuid.h"

namespace mayday::origin {

std::string random_id() {
  Uuid id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  std::string text(uuid_chars, '\0');
  format_uuid(id, text.data());
  return text;
}

}  // namespace mayday::origin
