#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "origin/errors/alert_rules.h"
#include "origin/errors/alerts.h"
#include "origin/errors/watcher.h"
#include "origin/net/http_client.h"
#include "origin/store/store.h"

namespace mayday::origin {

struct AlerterOptions {
  std::string webhook_url;                   ///< Empty: alerts stand on the dashboard alone.
  std::string webhook_secret;                ///< Signs what is sent; empty: not signed.
  std::vector<std::string> watch_urls = {};  ///< Who is asked how they are (watched.h).
  std::int64_t retention_days = 30;
};

/// Watches what is committed, and raises an alert where an error is critical, its pattern is new, suddenly frequent, or back
/// after it was resolved, where the store has stood still for a minute, where events have been on their way from the edge for
/// longer than that: forwarding had stalled; and where who is watched is in trouble: an edge that forwards nothing just now, a shipper of
/// log files that ships nothing. Anybody can post errors, so at most
/// `raised_per_minute_max` are raised in a minute; one more says that there were more. Alerts go to the webhook as JSON, with
/// `x-mayday-signature: sha256=<HMAC-SHA256 of the body in hex>` and `x-mayday-delivery: <the alert's id>`: at least once.
class Alerter {
 public:
  static constexpr int raised_per_minute_max = 30;

  Alerter(AlerterOptions options, Store& store, sql::Database& desk);
  /// Looks at what has been committed, then ends. What the webhook has not taken stays in the database.
  ~Alerter();

  /// Told of each commit, on the store's own thread.
  void committed(std::span<const EventRow* const> rows);

 private:
  void run();
  void look(const std::vector<Burst>& bursts);
  void look_at(const Burst& burst);
  void look_at_resolutions(const std::vector<Burst>& bursts);
  void look_at_store();
  void look_at_delay(std::int64_t delay_ms);
  void look_at_watched(const std::map<std::string, std::string>& troubles);
  void deliver();
  void raise(std::string_view kind, const std::string& subject, const Burst& burst);
  void raise_if_new(std::string_view kind, const std::string& subject, const Burst& burst, Timestamp now);
  bool is_known(std::uint64_t fingerprint);

  AlerterOptions options_;
  Store& store_;
  sql::Database& desk_;
  Alerts alerts_;
  net::HttpClient client_;
  FrequencyWatch frequency_;
  std::int64_t minute_ = 0;
  int raised_ = 0;                 ///< In that minute.
  std::set<std::uint64_t> known_;  ///< Patterns that are not new; bounded.

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Burst> waiting_;
  std::int64_t delay_ms_ = 0;                    ///< The longest that a new event was on its way, since the last look.
  std::map<std::string, std::string> troubles_;  ///< Of who is watched, by its name; since the last look.
  bool closed_ = false;
  std::thread thread_;
  Watcher watcher_;  ///< Tells what stands above: it goes before.
};

}  // namespace mayday::origin
