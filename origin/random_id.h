#pragma once

#include <string>

namespace mayday::origin {

/// A version 4 UUID (RFC 9562) out of the system's own randomness: it can't be guessed.
std::string random_id();

}  // namespace mayday::origin
