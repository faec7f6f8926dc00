#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <vector>

#include "origin/clock.h"
#include "origin/commands/commands.h"
#include "origin/desk/copy_desk.h"
#include "origin/desk/open_desk.h"
#include "origin/store/day.h"
#include "origin/store/day_files_sqlite.h"
#include "origin/store/open_store.h"

namespace mayday::origin::commands {
namespace {

constexpr std::string_view usage = "usage: mayday-origin migrate --from URL --to URL";
constexpr std::size_t page_events = 1'000;

/// Events alone stand there.
bool is_clickhouse(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

/// A configuration as an origin has it whose DATABASE_URL, or CLICKHOUSE_URL, is `url`.
std::optional<Config> config_for(std::string_view url) {
  Config config;
  const ConfigProblem problem = read_config(
      {},
      [url](std::string_view name) -> std::optional<std::string_view> {
        if (name == (is_clickhouse(url) ? "CLICKHOUSE_URL" : "DATABASE_URL")) return url;
        // The secrets of a serving origin are not asked for here; how long events are kept is.
        if (!name.starts_with("RETENTION_")) return std::nullopt;
        const char* value = std::getenv(std::string(name).c_str());
        return value ? std::optional<std::string_view>(value) : std::nullopt;
      },
      config);
  if (problem.empty()) return config;
  complain(wrong_setting, problem);
  return std::nullopt;
}

/// Occurrences of one day: what is compared.
Result<std::uint64_t> count_day(Store& store, std::int64_t day) {
  const Result<Rollup> rollup =
      store.minutes({.since = start_of_day(day), .until = start_of_day(day + 1), .patterns_max = 0});
  if (!rollup) return rollup.error();
  std::uint64_t count = 0;
  for (const MinuteCounts& minute : rollup->minutes) {
    for (const std::uint64_t occurrences : minute.by_level) count += occurrences;
  }
  return count;
}

Result<void> append(Store& store, std::string lines) {
  auto done = std::make_shared<std::promise<Result<Appended>>>();
  std::future<Result<Appended>> answer = done->get_future();
  const auto batch = std::make_shared<const EventBatch>(std::move(lines), wall_clock_now());
  Result<void> taken = store.append(batch, [done](Result<Appended> appended) { done->set_value(appended); });
  if (!taken) return taken;
  const Result<Appended> appended = answer.get();
  return appended ? Result<void>() : Result<void>(appended.error());
}

Result<void> copy_day(Store& from, Store& to, std::int64_t day) {
  const EventFilter filter{.since = start_of_day(day), .until = start_of_day(day + 1)};
  std::optional<EventCursor> cursor;
  do {
    const Result<EventPage> page = from.query(filter, page_events, cursor);
    if (!page) return page.error();
    std::string lines;
    for (const std::string& body : page->bodies) lines += body + "\n";
    if (Result<void> appended = append(to, std::move(lines)); !appended) return appended;
    cursor = page->next;
  } while (cursor);
  return {};
}

int copy_accounts(const Config& from, const Config& to) {
  const Result<std::unique_ptr<sql::Database>> from_desk = open_desk(from);
  const Result<std::unique_ptr<sql::Database>> to_desk = open_desk(to);
  if (!from_desk) return complain(failed, "can't open what --from names");
  if (!to_desk) return complain(failed, "can't open what --to names");
  const Result<std::vector<CopiedTable>> tables = copy_desk(**from_desk, **to_desk);
  if (!tables) return complain(failed, "accounts and tickets can't be copied: the line above says why; run it again");
  for (const CopiedTable& table : *tables) {
    std::printf("%s: %lld rows\n", table.name.c_str(), static_cast<long long>(table.rows));
  }
  return stopped;
}

/// The newest day first, so that what is looked at most is there soonest. A day that is there already is left out, which is
/// what makes a second run go on where the first one ended.
int copy_events(Store& from, Store& to, std::int64_t days) {
  const std::int64_t today = day_of(wall_clock_now());
  std::uint64_t total = 0;
  bool differs = false;
  for (std::int64_t day = today; day >= today - days; --day) {
    const Result<std::uint64_t> wanted = count_day(from, day);
    Result<std::uint64_t> there = count_day(to, day);
    if (!wanted || !there) return complain(failed, "a day can't be counted: the line above says why");
    if (*wanted > *there) {
      if (!copy_day(from, to, day))
        return complain(failed, "a day can't be copied: the line above says why; run it again");
      there = count_day(to, day);
      if (!there) return complain(failed, "a day can't be counted: the line above says why");
    }
    total += *there;
    char date[timestamp_chars];
    format_timestamp(start_of_day(day), date);
    if (*wanted > 0) {
      std::printf("%.10s: %llu of %llu events\n", date, static_cast<unsigned long long>(*there),
                  static_cast<unsigned long long>(*wanted));
      std::fflush(stdout);
    }
    differs |= *there < *wanted;
  }
  if (differs) return complain(failed, "some events are missing; run it again");
  std::printf("all %llu events are there\n", static_cast<unsigned long long>(total));
  return stopped;
}

}  // namespace

int migrate(std::span<const std::string_view> arguments) {
  std::string_view from_url, to_url;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i] == "--from") from_url = arguments[i + 1];
    if (arguments[i] == "--to") to_url = arguments[i + 1];
  }
  if (arguments.size() != 4 || from_url.empty() || to_url.empty()) return complain(wrong_setting, std::string(usage));
  if (from_url == to_url) return complain(wrong_setting, "--from and --to are the same");
  const std::optional<Config> from = config_for(from_url);
  const std::optional<Config> to = from ? config_for(to_url) : std::nullopt;
  if (!to) return wrong_setting;
  const bool are_events_alone = is_clickhouse(from_url) || is_clickhouse(to_url);
  if (!is_clickhouse(from_url) && from->postgres_url.empty() &&
      !std::filesystem::exists(sqlite::folder_of_days(from->database_path)) &&
      !std::filesystem::exists(from->database_path)) {
    return complain(wrong_setting, "there are no events at " + from->database_path);
  }
  const Result<std::unique_ptr<Store>> from_store = open_store(*from, {});
  if (!from_store) return complain(failed, "can't open what --from names");
  const Result<std::unique_ptr<Store>> to_store = open_store(*to, {});
  if (!to_store) return complain(failed, "can't open what --to names");
  if (are_events_alone) {
    std::printf("ClickHouse has events alone: accounts, tickets and alerts stay where DATABASE_URL says\n");
  } else if (const int code = copy_accounts(*from, *to); code != stopped) {
    return code;
  }
  return copy_events(**from_store, **to_store, from->retention_days);
}

}  // namespace mayday::origin::commands
