#include "origin/store/tally.h"

#include <algorithm>
#include <bit>

#include "mayday/base/hash.h"
#include "origin/store/day.h"

namespace mayday::origin {

std::uint64_t user_key(std::string_view user_id) { return hash_bytes(user_id); }

void Tally::add(const EventRow& row, Timestamp occurred, std::int64_t event) {
  const Dimension dimension{row.service, row.environment, row.release};
  minutes_[{occurred.ms / minute_ms, row.level, dimension}] += row.occurrences;
  const bool is_error = row.severity > Severity::none;
  if (row.fingerprint) {
    Count& count = patterns_[{span_of(occurred), *row.fingerprint, row.level, dimension}];
    count.occurrences += row.occurrences;
    count.last_seen_ms = std::max(count.last_seen_ms, occurred.ms);
    Face& face = faces_[{day_of(occurred), *row.fingerprint}];
    if (!face.row || occurred.ms < face.first_seen_ms) face.first_seen_ms = occurred.ms;
    if (!face.row) face.row = &row;
    face.last_seen_ms = std::max(face.last_seen_ms, occurred.ms);
    if (is_error) face.errors += row.occurrences;
  }
  if (is_error) add_error(row, occurred);
  if (is_error && !row.user_id.empty()) add_user(row, occurred, event);
}

void Tally::add_error(const EventRow& row, Timestamp occurred) {
  const ErrorKey key{span_of(occurred), {row.error_kind, row.page, row.action}, row.fingerprint.value_or(0)};
  Count& count = errors_[key];
  count.occurrences += row.occurrences;
  count.last_seen_ms = std::max(count.last_seen_ms, occurred.ms);
}

void Tally::add_user(const EventRow& row, Timestamp occurred, std::int64_t event) {
  const std::uint64_t user = user_key(row.user_id);
  if (row.fingerprint) {
    pattern_users_[{day_of(occurred), *row.fingerprint}].push_back(std::bit_cast<std::int64_t>(user));
  }
  UserCount& span = users_[{span_of(occurred), user}];
  span.errors += row.occurrences;
  span.blocked += row.user_blocked ? row.occurrences : 0;
  span.row = &row;
  span.event = event;
}

void Tally::clear() {
  minutes_.clear();
  patterns_.clear();
  errors_.clear();
  users_.clear();
  pattern_users_.clear();
  faces_.clear();
}

}  // namespace mayday::origin
