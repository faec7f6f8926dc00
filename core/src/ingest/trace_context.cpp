#include "mayday/ingest/trace_context.h"

#include "mayday/base/limits.h"

namespace mayday {
namespace {

/// `00-<32 digits>-<16 digits>-<2 digits>`, lower-case hex.
bool has_shape(std::string_view head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    const bool is_place_of_dash = i == 2 || i == 35 || i == 52;
    if (is_place_of_dash ? c != '-' : !is_hex) return false;
  }
  return true;
}

bool is_zero(std::string_view text) {
  for (char c : text) {
    if (c != '0') return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> trace_id_of(std::string_view traceparent) {
  constexpr std::size_t version_00_bytes = 55;
  if (traceparent.size() < version_00_bytes || !has_shape(traceparent.substr(0, version_00_bytes))) return std::nullopt;
  const std::string_view version = traceparent.substr(0, 2), trace = traceparent.substr(3, 32);
  if (version == "ff" || is_zero(trace) || is_zero(traceparent.substr(36, 16))) return std::nullopt;
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
