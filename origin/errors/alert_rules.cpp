#include "origin/errors/alert_rules.h"

#include <algorithm>

namespace mayday::origin {
namespace {

constexpr double newest_share = 1.0 / 12;
/// After this many silent windows an average is as good as nothing.
constexpr std::int64_t silent_windows_max = 36;

}  // namespace

bool FrequencyWatch::count(std::uint64_t fingerprint, std::int64_t occurrences, Timestamp at) {
  const std::int64_t window = at.ms / window_ms;
  if (patterns_.size() >= patterns_max && !patterns_.contains(fingerprint)) forget_quiet_ones(window);
  Watched& watched = patterns_.try_emplace(fingerprint, Watched{.window = window}).first->second;
  for (std::int64_t silent = 0; watched.window < window; ++watched.window, ++silent) {
    if (silent > silent_windows_max) {
      watched = {.window = window};
      break;
    }
    watched.average += (static_cast<double>(watched.occurrences) - watched.average) * newest_share;
    watched.occurrences = 0;
    watched.is_told = false;
  }
  watched.occurrences += occurrences;
  const bool is_frequent = watched.occurrences >= occurrences_min &&
                           static_cast<double>(watched.occurrences) >= times_as_many * watched.average;
  const bool is_news = is_frequent && !watched.is_told;
  watched.is_told = watched.is_told || is_frequent;
  return is_news;
}

void FrequencyWatch::forget_quiet_ones(std::int64_t window) {
  std::erase_if(patterns_, [window](const auto& one) { return one.second.window < window - 1; });
  if (patterns_.size() >= patterns_max) patterns_.clear();  // A flood of patterns: none of them is known for long.
}

std::vector<Burst> bursts_of(std::span<const EventRow* const> rows) {
  std::map<std::uint64_t, Burst> bursts;
  for (const EventRow* row : rows) {
    if (row->severity == Severity::none || !row->fingerprint) continue;
    Burst& burst = bursts[*row->fingerprint];
    if (burst.occurrences == 0) {
      burst = {.fingerprint = *row->fingerprint,
               .kind = row->error_kind,
               .message = std::string(row->message),
               .page = std::string(row->page),
               .action = std::string(row->action),
               .environment = std::string(row->environment)};
    }
    burst.severity = std::max(burst.severity, row->severity);
    burst.occurrences += row->occurrences;
    burst.latest = std::max(burst.latest, row->occurred);
  }
  std::vector<Burst> list;
  list.reserve(bursts.size());
  for (auto& [fingerprint, burst] : bursts) list.push_back(std::move(burst));
  return list;
}

}  // namespace mayday::origin
