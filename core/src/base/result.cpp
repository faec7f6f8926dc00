#include "mayday/base/result.h"

#include "mayday/base/entries.h"

namespace mayday {

std::string_view to_string(Code code) {
  // By number; 18 is none.
  constexpr std::string_view names =
      "none\ninvalid_json\ninvalid_payload\nlevel_not_allowed\nmissing_signature\nbad_signature\n"
      "origin_not_allowed\nnot_found\nmethod_not_allowed\npayload_too_large\nunsupported_media_type\n"
      "rate_limited\norigin_unavailable\ninternal_error\nunauthorized\nbad_config\nstorage_failed\n"
      "disk_full\n\nfiltered\norigin_refused\n";
  return entry_at(names, static_cast<std::size_t>(code));
}

}  // namespace mayday
