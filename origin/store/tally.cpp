#include "origin/store/tally.h"

#include <algorithm>

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
  if (!row.user_id.empty() && (is_error || row.recovery_attempted)) add_user(row, occurred, event);
}

void Tally::add_error(const EventRow& row, Timestamp occurred) {
  const ErrorKey key{span_of(occurred), {row.error_kind, row.page, row.action}, row.fingerprint.value_or(0)};
  Count& count = errors_[key];
  count.occurrences += row.occurrences;
  count.last_seen_ms = std::max(count.last_seen_ms, occurred.ms);
}

void Tally::add_user(const EventRow& row, Timestamp occurred, std::int64_t event) {
  const std::uint64_t user = user_key(row.user_id);
  UserDay& day = user_days_[{day_of(occurred), row.fingerprint.value_or(0), user}];
  day.row = &row;
  day.event = event;
  if (row.recovery_attempted) {
    day.recovery_attempts += row.occurrences;
    day.recoveries += row.recovered ? row.occurrences : 0;
    return;
  }
  const std::int64_t blocked = row.user_blocked ? row.occurrences : 0;
  day.errors += row.occurrences;
  day.severe += row.severity >= Severity::high ? row.occurrences : 0;
  day.blocked += blocked;
  UserCount& span = users_[{span_of(occurred), user}];
  span.errors += row.occurrences;
  span.blocked += blocked;
  span.row = &row;
  span.event = event;
}

void Tally::clear() {
  minutes_.clear();
  patterns_.clear();
  errors_.clear();
  users_.clear();
  user_days_.clear();
  faces_.clear();
}

}  // namespace mayday::origin
