#include "mayday/base/result.h"

namespace mayday {

const char* to_string(Code code) {
  switch (code) {
    case Code::none: return "none";
    case Code::invalid_json: return "invalid_json";
    case Code::invalid_payload: return "invalid_payload";
    case Code::level_not_allowed: return "level_not_allowed";
    case Code::missing_signature: return "missing_signature";
    case Code::bad_signature: return "bad_signature";
    case Code::origin_not_allowed: return "origin_not_allowed";
    case Code::not_found: return "not_found";
    case Code::method_not_allowed: return "method_not_allowed";
    case Code::payload_too_large: return "payload_too_large";
    case Code::unsupported_media_type: return "unsupported_media_type";
    case Code::rate_limited: return "rate_limited";
    case Code::origin_unavailable: return "origin_unavailable";
    case Code::internal_error: return "internal_error";
    case Code::unauthorized: return "unauthorized";
    case Code::bad_config: return "bad_config";
    case Code::storage_failed: return "storage_failed";
    case Code::disk_full: return "disk_full";
    case Code::filtered: return "filtered";
    case Code::origin_refused: return "origin_refused";
  }
  return "internal_error";
}

}  // namespace mayday
