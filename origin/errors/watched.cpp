#include "origin/errors/watched.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mayday::origin {
namespace {

using nlohmann::json;

constexpr std::size_t outputs_max = 100;

std::string without_secrets(const std::string& url) {
  const std::size_t start = url.find("//") + 2;
  const std::size_t path = std::min(url.find_first_of("/?#", start), url.size());
  const std::size_t at = url.rfind('@', path);
  const std::size_t end = std::min(url.find_first_of("?#", path), url.size());
  const std::size_t host = at == std::string::npos || at < start ? start : at + 1;
  return url.substr(0, start) + url.substr(host, end - host);
}

std::int64_t number_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// What an edge answers with 503 where its receiver takes nothing (core/src/ingest/figures.cpp); empty: something else.
std::string stall_told_by(const std::string& body) {
  const json health = json::parse(body, nullptr, false);
  if (!health.is_object() || !health.contains("status") || health["status"] != "stalled") return {};
  return "nothing has been forwarded for a minute, and events wait (" + std::to_string(number_at(health, "pending")) +
         ")";
}

}  // namespace

Watched::Watched(const std::string& url) : name_(without_secrets(url)) {}

std::optional<std::string> Watched::note(const net::HttpAnswer* answer, std::int64_t now_ms) {
  if (const std::string told = answer && !answer->is_success() ? stall_told_by(answer->body) : ""; !told.empty()) {
    bad_since_ms_.reset();
    return name_ + ": " + told;
  }
  const std::string trouble = trouble_of(answer);
  if (trouble.empty()) {
    bad_since_ms_.reset();
    return std::nullopt;
  }
  if (!bad_since_ms_) bad_since_ms_ = now_ms;
  if (now_ms - *bad_since_ms_ < trouble_ms_min) return std::nullopt;
  return name_ + " " + trouble + " for a minute";
}

std::string Watched::trouble_of(const net::HttpAnswer* answer) {
  if (!answer) return "has not answered";
  if (!answer->is_success()) return "has answered " + std::to_string(answer->status);
  const std::string output = stuck_output(answer->body);
  return output.empty() ? "" : "has shipped nothing by its output " + output + ", which fails and tries again,";
}

/// Fluent Bit calls itself healthy while a receiver is down and it tries again for ever, so its counts are looked at: an output
/// stands still while failures are added and nothing is shipped. Between two tries there may be half an hour.
std::string Watched::stuck_output(const std::string& body) {
  const json metrics = json::parse(body, nullptr, false);
  if (!metrics.is_object() || !metrics.contains("output") || !metrics["output"].is_object()) return {};
  std::string stuck;
  for (const auto& [name, counts] : metrics["output"].items()) {
    if (!counts.is_object() || (outputs_.size() >= outputs_max && !outputs_.contains(name))) continue;
    const Output now{number_at(counts, "proc_records"),
                     number_at(counts, "retries") + number_at(counts, "retries_failed") + number_at(counts, "errors")};
    Output& last = outputs_.try_emplace(name, now).first->second;
    const bool has_shipped = now.shipped != last.shipped;
    const bool is_new = now.failed < last.failed;  // It was started anew.
    if (has_shipped || is_new) last = now;
    if (now.failed > last.failed) stuck = name;
  }
  return stuck;
}

}  // namespace mayday::origin
