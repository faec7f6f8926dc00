#include <nlohmann/json.hpp>

#include "origin/clock.h"
#include "origin/errors/resolutions.h"
#include "origin/http/error_query.h"
#include "origin/http/json_body.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

using nlohmann::json;

constexpr std::int64_t occurrences_default = 3;

/// Without a fingerprint, what it is known by stands for it.
std::string key_of(const ErrorPattern& pattern) {
  if (pattern.fingerprint) return hex_of(*pattern.fingerprint);
  return std::string(to_string(pattern.kind)) + ":" + pattern.page + ":" + pattern.action;
}

json to_json(const ErrorPattern& pattern, const std::optional<Resolution>& resolution) {
  json told{{"hash", key_of(pattern)},
            {"fingerprint", pattern.fingerprint ? json(hex_of(*pattern.fingerprint)) : json()},
            {"type", to_string(pattern.kind)},
            {"page", pattern.page},
            {"action", pattern.action},
            {"count", pattern.occurrences},
            {"first_seen", format_time(pattern.first_seen)},
            {"last_seen", format_time(pattern.last_seen)},
            {"status", to_string(status_of(resolution, pattern.last_seen))}};
  if (!pattern.message.empty()) told["message"] = pattern.message;
  if (pattern.fingerprint) told["affected_users"] = pattern.affected_users;
  if (resolution) {
    told["resolved_at"] = format_time(resolution->resolved);
    told["resolved_by"] = resolution->resolved_by;
    told["note"] = resolution->note;
  }
  return told;
}

}  // namespace

Answered list_error_patterns(Services& services, Request& request, const Reply& reply) {
  const Query query(request.query);
  const std::string range = query.value("time_range").value_or("1h");
  const std::optional<std::int64_t> range_ms = parse_time_range_ms(range);
  if (!query.is_valid() || !range_ms) return error_response(request, 400, "invalid_query", "time_range");
  const auto minimum = query.integer("min_count", 1, 1'000'000, occurrences_default);
  if (!minimum) return error_response(request, 400, "invalid_query", "min_count");
  return ask_store(services, request, reply, [&services, &request, range, range_ms = *range_ms, minimum = *minimum] {
    const Timestamp now = wall_clock_now();
    const auto patterns = services.store.error_patterns(
        {.since = {now.ms - range_ms}, .until = {now.ms + 1}, .occurrences_min = static_cast<std::uint64_t>(minimum)});
    if (!patterns) return store_failure_response(request, patterns.error().code);
    std::vector<std::uint64_t> fingerprints;
    for (const ErrorPattern& pattern : *patterns) {
      if (pattern.fingerprint) fingerprints.push_back(*pattern.fingerprint);
    }
    const auto resolutions = Resolutions(services.desk).find(fingerprints);
    if (!resolutions) return store_failure_response(request, resolutions.error().code);
    json list = json::array();
    for (const ErrorPattern& pattern : *patterns) {
      std::optional<Resolution> resolution;
      if (pattern.fingerprint) {
        if (const auto found = resolutions->find(*pattern.fingerprint); found != resolutions->end()) {
          resolution = found->second;
        }
      }
      list.push_back(to_json(pattern, resolution));
    }
    return json_response({{"patterns", std::move(list)}, {"time_range", range}});
  });
}

}  // namespace mayday::origin::http
