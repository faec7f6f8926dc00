#include "mayday/ingest/cors.h"

#include "mayday/base/ascii.h"
#include "mayday/base/entries.h"

namespace mayday {
namespace {

using ascii::equals_ignoring_case;

/// `https://*.example.com` fits `https://a.example.com` and `https://a.b.example.com`.
bool fits(std::string_view origin, std::string_view entry) {
  const std::size_t star = entry.find("://*.");
  if (star == std::string_view::npos) return equals_ignoring_case(origin, entry);
  const std::string_view scheme = entry.substr(0, star + 3), tail = entry.substr(star + 4);
  if (origin.size() <= scheme.size() + tail.size()) return false;
  if (!equals_ignoring_case(origin.substr(0, scheme.size()), scheme)) return false;
  const std::string_view label = origin.substr(scheme.size(), origin.size() - scheme.size() - tail.size());
  return label.find_first_of("/@:") == std::string_view::npos &&
         equals_ignoring_case(origin.substr(origin.size() - tail.size()), tail);
}

bool is_same_host(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && !host.empty() && equals_ignoring_case(origin.substr(scheme + 3), host);
}

}  // namespace

OriginVerdict judge_origin(std::string_view origin, std::string_view host, std::string_view listed) {
  if (origin.empty()) return OriginVerdict::none;
  while (!listed.empty()) {
    if (fits(origin, take_entry(listed))) return OriginVerdict::listed;
  }
  return is_same_host(origin, host) ? OriginVerdict::same_origin : OriginVerdict::refused;
}

void append_cors_headers(Buffer& out, std::string_view origin, OriginVerdict verdict, bool preflight,
                         std::string_view methods) {
  out.append("vary: origin\n");
  if (verdict == OriginVerdict::listed || verdict == OriginVerdict::same_origin) {
    out.append("access-control-allow-origin: ");
    out.append(origin);
    out.append("\naccess-control-allow-credentials: true\n");
  }
  out.append("access-control-expose-headers: retry-after, x-request-id, x-trace-id\n");
  if (!preflight || verdict == OriginVerdict::refused) return;
  out.append("access-control-allow-methods: ");
  out.append(methods);
  out.append(
      "\naccess-control-allow-headers: content-type, content-encoding, x-log-signature, x-request-id, traceparent\n"
      "access-control-max-age: 86400\n");
}

}  // namespace mayday
