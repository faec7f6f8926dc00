#include "mayday/ingest/trace_context.h"

#include "mayday/base/limits.h"

namespace mayday {
namespace {

bool is_lower_hex(std::string_view text) {
  for (char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

std::optional<std::string_view> trace_id_of(std::string_view traceparent) {
  constexpr std::size_t version_00_bytes = 55;
  if (traceparent.size() < version_00_bytes) return std::nullopt;
  const std::string_view version = traceparent.substr(0, 2), trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16), flags = traceparent.substr(53, 2);
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return std::nullopt;
  if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(parent) || !is_lower_hex(flags))
    return std::nullopt;
  if (version == "ff" || is_zero(trace) || is_zero(parent)) return std::nullopt;
  const std::string_view rest = traceparent.substr(version_00_bytes);
  if (!rest.empty() && (version == "00" || rest[0] != '-')) return std::nullopt;
  return trace;
}

bool is_sane_request_id(std::string_view id) {
  if (id.empty() || id.size() > request_id_bytes_max) return false;
  for (char c : id) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alnum && c != '.' && c != '_' && c != '-') return false;
  }
  return true;
}

}  // namespace mayday
