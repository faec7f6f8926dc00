#include <algorithm>
#include <utility>

#include "mayday/base/json_writer.h"
#include "mayday/base/uuid.h"
#include "origin/clock.h"
#include "origin/http/event_query.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

constexpr std::int64_t minutes_default = 60;
constexpr std::int64_t minutes_max = 7 * 24 * 60;
constexpr std::int64_t minute_ms = 60'000;
constexpr Level levels[] = {Level::error, Level::warn, Level::info, Level::debug};

void write_time(json::ObjectWriter& out, std::string_view name, Timestamp time) {
  char text[timestamp_chars];
  format_timestamp(time, text);
  out.string(name, {text, timestamp_chars});
}

template <typename Items, typename WriteOne>
void write_array(Buffer& out, const Items& items, WriteOne write_one) {
  out.append('[');
  bool is_first = true;
  for (const auto& item : items) {
    if (!std::exchange(is_first, false)) out.append(',');
    write_one(item);
  }
  out.append(']');
}

void write_levels(json::ObjectWriter& out, const std::uint64_t (&by_level)[4]) {
  for (Level level : levels) {
    out.integer(to_string(level), static_cast<std::int64_t>(by_level[static_cast<std::size_t>(level)]));
  }
}

void write_pattern(Buffer& out, const PatternCount& pattern) {
  char fingerprint[16];
  format_hex(pattern.fingerprint, fingerprint);
  json::ObjectWriter one(out);
  one.string("fingerprint", {fingerprint, sizeof fingerprint});
  one.string("level", to_string(pattern.level));
  one.string("message", pattern.message);
  one.string("error_type", pattern.error_type);
  one.integer("count", static_cast<std::int64_t>(pattern.occurrences));
  write_time(one, "first_seen", pattern.first_seen);
  write_time(one, "last_seen", pattern.last_seen);
  one.close();
}

Response to_response(const RollupFilter& filter, const Rollup& rollup) {
  Buffer body;
  json::ObjectWriter out(body);
  write_time(out, "since", filter.since);
  write_time(out, "until", filter.until);
  std::uint64_t totals[4] = {};
  for (const MinuteCounts& minute : rollup.minutes) {
    for (std::size_t i = 0; i < std::size(totals); ++i) totals[i] += minute.by_level[i];
  }
  json::ObjectWriter total(out.member("totals"));
  write_levels(total, totals);
  total.close();
  write_array(out.member("minutes"), rollup.minutes, [&](const MinuteCounts& minute) {
    json::ObjectWriter one(body);
    one.integer("at_ms", minute.minute.ms);
    write_levels(one, minute.by_level);
    one.close();
  });
  write_array(out.member("patterns"), rollup.patterns,
              [&](const PatternCount& pattern) { write_pattern(body, pattern); });
  json::ObjectWriter choices(out.member("choices"));
  const std::pair<std::string_view, const std::vector<std::string>*> lists[] = {
      {"service", &rollup.services}, {"environment", &rollup.environments}, {"release", &rollup.releases}};
  for (const auto& [name, list] : lists) {
    write_array(choices.member(name), *list, [&](const std::string& text) { json::append_string(body, text); });
  }
  choices.close();
  out.close();
  Response response;
  response.body = body.view();
  return response;
}

}  // namespace

Answered show_stats(Services& services, Request& request, const Reply& reply) {
  const Query query(request.query);
  if (!query.is_valid()) return error_response(request, 400, "invalid_query", "query");
  const std::optional<std::int64_t> minutes = query.integer("minutes", 1, minutes_max, minutes_default);
  if (!minutes) return error_response(request, 400, "invalid_query", "minutes");
  RollupFilter filter;
  if (!read_level(query, filter.level)) return error_response(request, 400, "invalid_query", "level");
  filter.service = query.value("service");
  filter.environment = query.value("environment");
  filter.release = query.value("release");
  // The current minute is the last of them.
  filter.until = {(wall_clock_now().ms / minute_ms + 1) * minute_ms};
  filter.since = {filter.until.ms - *minutes * minute_ms};
  return ask_store(services, request, reply, [&services, &request, filter = std::move(filter)] {
    const Result<Rollup> rollup = services.store.minutes(filter);
    return rollup ? to_response(filter, *rollup) : store_failure_response(request, rollup.error().code);
  });
}

}  // namespace mayday::origin::http
