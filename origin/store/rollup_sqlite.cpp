#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "origin/store/columns_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/faces_sqlite.h"
#include "origin/store/query_sqlite.h"
#include "origin/store/spans_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

/// A list of choices longer than this is no choice.
constexpr std::size_t choices_max = 200;

struct Dimension {
  std::string service, environment, release;
  bool fits = false;     ///< What the filter asks for.
  bool is_seen = false;  ///< There is something of it in the range.
};
using Dimensions = std::unordered_map<std::int64_t, Dimension>;

struct Total {
  std::uint64_t occurrences = 0;
  std::int64_t last_seen_ms = 0;
  Level level = Level::debug;
};

/// Adds up day by day: numbers come from the files as they stand, and are summed here, which takes half the time of SQL's
/// own GROUP BY and goes on from one file to the next.
class Overview {
 public:
  explicit Overview(const RollupFilter& filter) : filter_(filter) {}

  Result<void> add(Database& database, std::int64_t day) {
    Dimensions dimensions;
    if (Result<void> read = read_dimensions(database, dimensions); !read) return read;
    if (Result<void> read = read_minutes(database, dimensions); !read) return read;
    if (Result<void> read = read_patterns(database, day, dimensions); !read) return read;
    for (auto& [_, dimension] : dimensions) {
      if (dimension.is_seen) choose(dimension);
    }
    return {};
  }

  Rollup finish(std::vector<std::uint64_t>& fingerprints) {
    Rollup rollup;
    for (const auto& [minute, counts] : minutes_) rollup.minutes.push_back(counts);
    std::vector<std::pair<std::uint64_t, Total>> totals(patterns_.begin(), patterns_.end());
    const auto is_more = [](const auto& a, const auto& b) {
      return std::tuple(a.second.occurrences, a.second.last_seen_ms, a.first) >
             std::tuple(b.second.occurrences, b.second.last_seen_ms, b.first);
    };
    const std::size_t count = std::min(totals.size(), filter_.patterns_max);
    std::partial_sort(totals.begin(), totals.begin() + static_cast<std::ptrdiff_t>(count), totals.end(), is_more);
    totals.resize(count);
    for (const auto& [fingerprint, total] : totals) {
      fingerprints.push_back(fingerprint);
      rollup.patterns.push_back({.fingerprint = fingerprint,
                                 .level = total.level,
                                 .message = {},
                                 .error_type = {},
                                 .occurrences = total.occurrences,
                                 .first_seen = {},
                                 .last_seen = {total.last_seen_ms}});
    }
    rollup.services.assign(services_.begin(), services_.end());
    rollup.environments.assign(environments_.begin(), environments_.end());
    rollup.releases.assign(releases_.begin(), releases_.end());
    return rollup;
  }

 private:
  Result<void> read_dimensions(Database& database, Dimensions& dimensions) {
    const auto fits = [](const std::optional<std::string>& wanted, const std::string& name) {
      return !wanted || *wanted == name;
    };
    return read_rows(database.prepare("SELECT id, service, environment, release FROM dimensions"), [&](Statement& row) {
      Dimension one{row.text(1), row.text(2), row.text(3)};
      one.fits = fits(filter_.service, one.service) && fits(filter_.environment, one.environment) &&
                 fits(filter_.release, one.release);
      dimensions.emplace(row.integer(0), std::move(one));
    });
  }

  Result<void> read_minutes(Database& database, Dimensions& dimensions) {
    Result<Statement> statement = database.prepare(
        "SELECT minute, level, dimension, occurrences FROM event_minutes WHERE minute >= ?1 AND minute < ?2");
    if (!statement) return statement.error();
    statement->bind(1, filter_.since.ms / minute_ms);
    statement->bind(2, (filter_.until.ms + minute_ms - 1) / minute_ms);
    return read_rows(std::move(statement), [&](Statement& row) {
      Dimension& dimension = dimensions[row.integer(2)];
      dimension.is_seen = true;
      const auto level = static_cast<Level>(row.integer(1) & 3);
      if (!dimension.fits || (filter_.level && *filter_.level != level)) return;
      MinuteCounts& counts = minutes_[row.integer(0)];
      counts.minute = {row.integer(0) * minute_ms};
      counts.by_level[static_cast<std::size_t>(level)] += static_cast<std::uint64_t>(row.integer(3));
    });
  }

  Result<void> read_patterns(Database& database, std::int64_t day, const Dimensions& dimensions) {
    const Result<std::vector<SpanRun>> runs = plan_spans(database, day, filter_.since, filter_.until);
    if (!runs) return runs.error();
    return read_spans(database, *runs,
                      "SELECT fingerprint, level, dimension, occurrences, last_seen_ms FROM pattern_counts"
                      " WHERE width = ?1 AND at >= ?2 AND at < ?3",
                      [&](Statement& row) {
                        const auto level = static_cast<Level>(row.integer(1) & 3);
                        if (filter_.level ? level != *filter_.level : level < Level::warn) return;
                        const auto dimension = dimensions.find(row.integer(2));
                        if (dimension == dimensions.end() || !dimension->second.fits) return;
                        Total& total = patterns_[as_fingerprint(row.integer(0))];
                        total.occurrences += static_cast<std::uint64_t>(row.integer(3));
                        total.last_seen_ms = std::max(total.last_seen_ms, row.integer(4));
                        total.level = std::max(total.level, level);
                      });
  }

  void choose(Dimension& dimension) {
    const std::pair<std::set<std::string>*, std::string*> lists[] = {
        {&services_, &dimension.service}, {&environments_, &dimension.environment}, {&releases_, &dimension.release}};
    for (const auto& [list, name] : lists) {
      if (list->size() < choices_max) list->insert(std::move(*name));
    }
  }

  const RollupFilter& filter_;
  std::map<std::int64_t, MinuteCounts> minutes_;
  std::unordered_map<std::uint64_t, Total> patterns_;
  std::set<std::string> services_, environments_, releases_;
};

}  // namespace

Result<Rollup> query_overview(Readers& readers, const RollupFilter& filter, std::int64_t deadline_ms) {
  Overview overview(filter);
  for (const std::int64_t day : readers.files().days()) {
    if (day < day_of(filter.since) || start_of_day(day) >= filter.until) continue;
    Result<void> added = readers.ask(day, deadline_ms, [&](Database& database) { return overview.add(database, day); });
    if (!added) return added.error();
  }
  std::vector<std::uint64_t> fingerprints;
  Rollup rollup = overview.finish(fingerprints);
  Result<Faces> faces = find_faces(readers, fingerprints, deadline_ms);
  if (!faces) return faces.error();
  for (PatternCount& pattern : rollup.patterns) {
    Face& face = (*faces)[pattern.fingerprint];
    pattern.message = std::move(face.message);
    pattern.error_type = std::move(face.error_type);
    pattern.first_seen = face.first_seen;
  }
  return rollup;
}

}  // namespace mayday::origin::sqlite
