#pragma once

#include <string_view>

#include "mayday/base/buffer.h"

namespace mayday {

/// What a page's `Origin` may do here (Fetch standard, "CORS protocol").
enum class OriginVerdict {
  none,         ///< No Origin header: not a page, or an old one.
  same_origin,  ///< Its host is ours: no header needed.
  listed,       ///< In EXTRA_CORS_ORIGINS: may send credentials and read the answer.
  refused,
};

/// `listed` is a list (base/entries.h) of lower-case entries, each exact or `https://*.example.com`, which fits any depth below example.com but not
/// example.com itself. `host` is the request's own Host header.
OriginVerdict judge_origin(std::string_view origin, std::string_view host, std::string_view listed);

/// Writes the CORS headers of any answer as `name: value\n` lines. `preflight` adds what an OPTIONS is asked for.
void append_cors_headers(Buffer& out, std::string_view origin, OriginVerdict verdict, bool preflight,
                         std::string_view methods);

}  // namespace mayday
