#include "origin/errors/resolutions.h"

#include <algorithm>
#include <functional>

#include "mayday/base/uuid.h"

namespace mayday::origin {
namespace {

/// Parameters that one statement is given.
constexpr std::size_t asked_max = 200;

}  // namespace

std::string hex_of(std::uint64_t fingerprint) {
  std::string hex(16, '\0');
  format_hex(fingerprint, hex.data());
  return hex;
}

std::string_view to_string(PatternStatus status) {
  switch (status) {
    case PatternStatus::open: return "open";
    case PatternStatus::resolved: return "resolved";
    case PatternStatus::reopened: return "reopened";
  }
  return "open";
}

PatternStatus status_of(const std::optional<Resolution>& resolution, Timestamp last_seen) {
  if (!resolution) return PatternStatus::open;
  return last_seen > resolution->resolved ? PatternStatus::reopened : PatternStatus::resolved;
}

Result<void> Resolutions::resolve(std::uint64_t fingerprint, const Resolution& resolution) {
  const Result<sql::Answer> stored = database_.run(
      "INSERT INTO error_resolutions (fingerprint, resolved_ms, resolved_by, note) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (fingerprint) DO UPDATE SET resolved_ms = excluded.resolved_ms, resolved_by = excluded.resolved_by,"
      " note = excluded.note",
      {sql::text(hex_of(fingerprint)), sql::number(resolution.resolved.ms), sql::text(resolution.resolved_by),
       sql::text(resolution.note)});
  return stored ? Result<void>() : Result<void>(stored.error());
}

Result<std::map<std::uint64_t, Resolution>> Resolutions::find(const std::vector<std::uint64_t>& fingerprints) {
  std::map<std::uint64_t, Resolution> found;
  for (std::size_t start = 0; start < fingerprints.size(); start += asked_max) {
    std::string sql =
        "SELECT fingerprint, resolved_ms, resolved_by, note FROM error_resolutions WHERE fingerprint IN (";
    std::vector<sql::Value> values;
    std::map<std::string, std::uint64_t, std::less<>> asked;
    for (std::size_t i = start; i < std::min(fingerprints.size(), start + asked_max); ++i) {
      const std::string hex = hex_of(fingerprints[i]);
      asked.emplace(hex, fingerprints[i]);
      values.push_back(sql::text(hex));
      sql += (i == start ? "$" : ", $") + std::to_string(values.size());
    }
    const Result<sql::Answer> answer = database_.run(sql + ")", values);
    if (!answer) return answer.error();
    for (const sql::Row& row : answer->rows) {
      const auto fingerprint = asked.find(row.text(0));
      if (fingerprint == asked.end()) continue;
      found[fingerprint->second] = {{row.integer(1)}, std::string(row.text(2)), std::string(row.text(3))};
    }
  }
  return found;
}

}  // namespace mayday::origin
