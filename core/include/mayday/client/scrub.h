#pragma once

#include <string_view>

#include "mayday/base/buffer.h"

namespace mayday {

/// Copies one event, as `JSON.stringify` writes it, with the secrets in its texts redacted (filter/redact.h): a stack's
/// lines as stack lines, a route as a path, an id as an identifier, everything else as prose; under a name that says it is
/// one, the whole text. Texts are cut at 520 code points. Names and numbers stay as they are. The edge checks the event's shape: here a byte of code is a byte in every page.
///
/// False where `json` is no object or breaks off; what was appended to `out` is then void. `scratch` is overwritten.
bool scrub(std::string_view json, Buffer& out, Buffer& scratch);

}  // namespace mayday
