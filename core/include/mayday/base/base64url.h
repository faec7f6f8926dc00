#pragma once

#include <string_view>

#include "mayday/base/buffer.h"

namespace mayday {

/// Appends the bytes that `text` spells in base64url without padding (RFC 4648, section 5; RFC 7515, appendix C). False for
/// anything but the one spelling of these bytes: another letter, padding, white space, a length that no bytes have, unused
/// bits that are set. What was appended then is void.
bool decode_base64url(std::string_view text, Buffer& out);

}  // namespace mayday
