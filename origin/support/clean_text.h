#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mayday/event/schema.h"

namespace mayday::origin {

/// `text` without what is secret in it (core's redaction), cut at a code point's boundary. `text` is well-formed UTF-8.
std::string clean_text(std::string_view text, schema::Profile profile, std::size_t code_points_max);

/// The path of a URL or of a request's target: no scheme, host, query or fragment; redacted, at most 256 code points.
std::string clean_path(std::string_view url);

}  // namespace mayday::origin
