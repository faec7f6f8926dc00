#include "origin/store/error_ranking.h"

#include <algorithm>
#include <tuple>

namespace mayday::origin {
namespace {

void merge(ErrorRanking::Count& into, const ErrorRanking::Count& count) {
  into.errors += count.errors;
  into.first_seen = std::min(into.first_seen, count.first_seen);
  into.last_seen = std::max(into.last_seen, count.last_seen);
}

template <typename Key>
void merge(std::unordered_map<Key, ErrorRanking::Count>& counts, Key key, const ErrorRanking::Count& count) {
  const auto [found, is_new] = counts.try_emplace(key, count);
  if (!is_new) merge(found->second, count);
}

bool is_more(const ErrorPattern& a, const ErrorPattern& b) {
  return std::tuple(b.occurrences, b.last_seen, a.fingerprint, a.page, a.action) <
         std::tuple(a.occurrences, a.last_seen, b.fingerprint, b.page, b.action);
}

}  // namespace

std::size_t ErrorRanking::add_situation(Situation situation) {
  const auto [found, is_new] = numbers_.emplace(std::move(situation), situations_.size());
  if (is_new) situations_.push_back(&found->first);
  return found->second;
}

void ErrorRanking::add(std::size_t situation, std::uint64_t fingerprint, const Count& count) {
  const auto [found, is_new] = pairs_.emplace(std::pair(situation, fingerprint), count);
  if (!is_new) merge(found->second, count);
}

std::vector<ErrorPattern> ErrorRanking::rank(const ErrorPatternQuery& query) const {
  std::unordered_map<std::uint64_t, Count> by_fingerprint;
  for (const auto& [pair, count] : pairs_) {
    if (pair.second != 0) merge(by_fingerprint, pair.second, count);
  }
  const auto is_often = [&query](const Count& count) { return count.errors >= query.occurrences_min; };
  std::unordered_map<std::size_t, Count> by_situation;
  for (const auto& [pair, count] : pairs_) {
    const bool is_told = pair.second != 0 && is_often(by_fingerprint.at(pair.second));
    if (!is_told) merge(by_situation, pair.first, count);
  }
  std::vector<ErrorPattern> patterns;
  for (const auto& [fingerprint, count] : by_fingerprint) {
    if (!is_often(count)) continue;
    ErrorPattern& pattern = patterns.emplace_back();
    pattern.fingerprint = fingerprint;
    pattern.occurrences = count.errors;
    pattern.last_seen = count.last_seen;
  }
  for (const auto& [number, count] : by_situation) {
    if (!is_often(count)) continue;
    const Situation& situation = *situations_[number];
    ErrorPattern& pattern = patterns.emplace_back();
    pattern.kind = situation.kind;
    pattern.page = situation.page;
    pattern.action = situation.action;
    pattern.occurrences = count.errors;
    pattern.first_seen = std::max(count.first_seen, query.since);
    pattern.last_seen = count.last_seen;
  }
  std::sort(patterns.begin(), patterns.end(), is_more);
  if (patterns.size() > query.patterns_max) patterns.resize(query.patterns_max);
  return patterns;
}

}  // namespace mayday::origin
