#include "origin/errors/alerter.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "mayday/base/sha256.h"
#include "origin/clock.h"
#include "origin/errors/resolutions.h"
#include "origin/log.h"
#include "origin/random_id.h"

namespace mayday::origin {
namespace {

using nlohmann::json;

constexpr std::size_t waiting_max = 100'000;
constexpr std::size_t known_max = 100'000;
constexpr std::int64_t look_ms = 1'000;
constexpr std::int64_t hour_ms = 60 * 60 * 1'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
/// A pattern whose first event came longer ago is no news, even to an origin that has just started.
constexpr std::int64_t new_ms_max = 15 * 60 * 1'000;
constexpr std::int64_t stalled_ms_min = 60 * 1'000;
constexpr std::int64_t webhook_ms_max = 10'000;
constexpr int deliveries_at_once = 20;

std::string hour_of(Timestamp at) { return std::to_string(at.ms / hour_ms); }

std::string describe(std::string_view kind, const Burst& burst) {
  if (kind == "critical") return "Critical: " + burst.message;
  if (kind == "new") return "New: " + burst.message;
  if (kind == "frequent") return "Suddenly frequent: " + burst.message;
  if (kind == "reopened") return "Back after it was resolved: " + burst.message;
  return burst.message;
}

std::string body_of(const Alert& alert, const Burst& burst) {
  json body{{"id", alert.id},
            {"kind", alert.kind},
            {"text", alert.message},  // What Slack, Mattermost and their like show.
            {"at", format_time(alert.at)}};
  if (!alert.fingerprint.empty()) {
    body["error"] = {
        {"fingerprint", alert.fingerprint},      {"message", burst.message},  {"type", to_string(burst.kind)},
        {"severity", to_string(burst.severity)}, {"page", burst.page},        {"action", burst.action},
        {"environment", burst.environment},      {"count", burst.occurrences}};
  }
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Alerter::Alerter(AlerterOptions options, Store& store, sql::Database& desk)
    : options_(std::move(options)),
      store_(store),
      desk_(desk),
      alerts_(desk),
      watcher_(options_.watch_urls, [this](const std::string& name, const std::string& trouble) {
        const std::lock_guard lock(mutex_);
        troubles_[name] = trouble;
      }) {
  thread_ = std::thread([this] { run(); });
}

Alerter::~Alerter() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Alerter::committed(std::span<const EventRow* const> rows) {
  std::vector<Burst> bursts = bursts_of(rows);
  const Timestamp now = wall_clock_now();
  const std::lock_guard lock(mutex_);
  for (const EventRow* row : rows) delay_ms_ = std::max(delay_ms_, now.ms - row->received.ms);
  if (bursts.empty()) return;
  if (waiting_.size() + bursts.size() > waiting_max) return;  // A flood: what it is about has been seen by now.
  std::move(bursts.begin(), bursts.end(), std::back_inserter(waiting_));
  wake_.notify_one();
}

void Alerter::run() {
  std::int64_t swept_ms = 0;
  for (bool is_last = false; !is_last;) {
    std::vector<Burst> bursts;
    std::int64_t delay_ms = 0;
    std::map<std::string, std::string> troubles;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::milliseconds(look_ms), [this] { return closed_ || !waiting_.empty(); });
      is_last = closed_;
      bursts.swap(waiting_);
      delay_ms = std::exchange(delay_ms_, 0);
      troubles.swap(troubles_);
    }
    look(bursts);
    look_at_delay(delay_ms);
    look_at_watched(troubles);
    if (is_last) break;
    look_at_store();
    deliver();
    if (steady_ms() - swept_ms < hour_ms && swept_ms != 0) continue;
    swept_ms = steady_ms();
    std::ignore = alerts_.sweep({wall_clock_now().ms - options_.retention_days * day_ms});
  }
}

void Alerter::look(const std::vector<Burst>& bursts) {
  for (const Burst& burst : bursts) look_at(burst);
  look_at_resolutions(bursts);
}

void Alerter::look_at(const Burst& burst) {
  const std::string hex = hex_of(burst.fingerprint);
  if (burst.severity == Severity::critical) raise("critical", "critical:" + hex + ":" + hour_of(burst.latest), burst);
  const bool is_frequent = frequency_.count(burst.fingerprint, burst.occurrences, burst.latest);
  if (!is_known(burst.fingerprint)) {
    raise("new", "new:" + hex, burst);
  } else if (is_frequent) {
    raise("frequent", "frequent:" + hex + ":" + hour_of(burst.latest), burst);
  }
}

void Alerter::look_at_resolutions(const std::vector<Burst>& bursts) {
  std::vector<std::uint64_t> fingerprints;
  fingerprints.reserve(bursts.size());
  for (const Burst& burst : bursts) fingerprints.push_back(burst.fingerprint);
  const auto resolutions = Resolutions(desk_).find(fingerprints);
  if (!resolutions || resolutions->empty()) return;
  for (const Burst& burst : bursts) {
    const auto found = resolutions->find(burst.fingerprint);
    if (found == resolutions->end() || burst.latest <= found->second.resolved) continue;
    raise("reopened", "reopened:" + hex_of(burst.fingerprint) + ":" + std::to_string(found->second.resolved.ms), burst);
  }
}

bool Alerter::is_known(std::uint64_t fingerprint) {
  if (known_.contains(fingerprint)) return true;
  if (known_.size() >= known_max) known_.clear();
  known_.insert(fingerprint);
  const Result<std::optional<ErrorPattern>> found = store_.error_pattern(fingerprint);
  if (!found) return true;  // Where the store can't tell, nobody is woken for it.
  const std::optional<ErrorPattern>& pattern = *found;
  return !pattern || wall_clock_now().ms - pattern->first_seen.ms > new_ms_max;
}

void Alerter::look_at_store() {
  if (store_.figures().stalled_ms < stalled_ms_min) return;
  raise("stalled", "stalled:" + hour_of(wall_clock_now()),
        {.message = "The store has not committed anything for a minute while events wait"});
}

/// While an edge can't reach this origin, nobody here can know; when it can again, what it brings tells for how long.
void Alerter::look_at_delay(std::int64_t delay_ms) {
  if (delay_ms < stalled_ms_min) return;
  raise("stalled", "delayed:" + hour_of(wall_clock_now()),
        {.message = "Events came " + std::to_string(delay_ms / 60'000) +
                    " minutes after an edge had received them: forwarding had stalled, or its clock is behind"});
}

void Alerter::look_at_watched(const std::map<std::string, std::string>& troubles) {
  for (const auto& [name, trouble] : troubles) {
    raise("stalled", "watched:" + name + ":" + hour_of(wall_clock_now()), {.message = trouble});
  }
}

void Alerter::raise(std::string_view kind, const std::string& subject, const Burst& burst) {
  const Timestamp now = wall_clock_now();
  if (const std::int64_t minute = now.ms / 60'000; minute != minute_) minute_ = minute, raised_ = 0;
  if (raised_ < raised_per_minute_max) return raise_if_new(kind, subject, burst, now);
  if (raised_ > raised_per_minute_max) return;
  raise_if_new("many", "many:" + std::to_string(minute_),
               {.message = "More than 30 alerts in a minute: what else came in it stands on the dashboard alone"}, now);
}

void Alerter::raise_if_new(std::string_view kind, const std::string& subject, const Burst& burst, Timestamp now) {
  Alert alert{.id = random_id(),
              .subject = subject,
              .kind = std::string(kind),
              .fingerprint = burst.fingerprint == 0 ? std::string() : hex_of(burst.fingerprint),
              .message = describe(kind, burst),
              .at = now};
  alert.body = body_of(alert, burst);
  const Result<bool> raised = alerts_.raise(alert, !options_.webhook_url.empty());
  if (!raised || !*raised) return;
  ++raised_;
  log_line(Level::warn, "alert: " + alert.message);
}

void Alerter::deliver() {
  if (options_.webhook_url.empty()) return;
  for (int i = 0; i < deliveries_at_once; ++i) {
    const Result<std::optional<Alert>> claimed = alerts_.claim(wall_clock_now());
    if (!claimed) return;
    const std::optional<Alert>& due = *claimed;
    if (!due) return;
    const Alert& alert = *due;
    net::HttpClient::Headers headers{"content-type: application/json", "x-mayday-delivery: " + alert.id};
    if (!options_.webhook_secret.empty()) {
      std::string hex(64, '\0');
      format_digest(hmac_sha256(options_.webhook_secret, alert.body), hex.data());
      headers.push_back("x-mayday-signature: sha256=" + hex);
    }
    const Result<net::HttpAnswer> answer =
        client_.post(options_.webhook_url, headers, alert.body, {.timeout_ms = webhook_ms_max});
    const bool is_taken = answer && answer->is_success();
    if (!is_taken) {
      log_line(Level::warn, "the webhook did not take an alert",
               {.error_message =
                    answer ? "status " + std::to_string(answer->status) : net::HttpClient::describe(answer.error())});
    }
    std::ignore = is_taken ? alerts_.delivered(alert, wall_clock_now()) : alerts_.failed(alert, wall_clock_now());
    const std::lock_guard lock(mutex_);
    if (closed_) return;
  }
}

}  // namespace mayday::origin
