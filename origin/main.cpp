#include <pthread.h>
#include <signal.h>
#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "origin/auth/accounts.h"
#include "origin/clock.h"
#include "origin/commands/commands.h"
#include "origin/config.h"
#include "origin/desk/open_desk.h"
#include "origin/errors/alerter.h"
#include "origin/http/router.h"
#include "origin/http/server.h"
#include "origin/live/hub.h"
#include "origin/log.h"
#include "origin/store/open_store.h"

namespace {

using namespace mayday;
using namespace mayday::origin;

using commands::complain;
using commands::failed;
using commands::port_taken;
using commands::stopped;
using commands::wrong_setting;

constexpr std::size_t threads_max = 8;

/// Signals are taken by one thread that waits for them; no handler runs in the middle of anything.
sigset_t block_signals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Whoever is signed in needs no signature, and comes by no page; what is let through and redacted is the same.
Policy policy_for_tracked(const Policy& policy) {
  Policy tracked = policy;
  tracked.hmac_secret.clear();
  tracked.rate = {.burst = 1'000'000, .per_second = 1'000'000};
  return tracked;
}

/// For the operator: never the URL, which may hold a password.
std::string database_name(const Config& config) {
  return config.postgres_url.empty() ? " " + config.database_path : std::string(" that DATABASE_URL names");
}

int serve(const Config& config, const sigset_t& signals) {
  if (config.clickhouse_is_sink) {
    log_line(Level::warn,
             "CLICKHOUSE_URL is the edge's sink here, as MAYDAY_SINK says: events stand where accounts do");
  }
  live::Hub hub;
  http::Metrics metrics;
  Result<std::unique_ptr<sql::Database>> desk = open_desk(config);
  if (!desk) return complain(failed, "can't use the database of accounts" + database_name(config));
  auth::Accounts accounts(**desk, {config.access_secret, config.refresh_secret});
  ops::Activity activity(wall_clock_now());
  Alerter* told_of_commits = nullptr;
  Result<std::unique_ptr<Store>> opened = open_store(config, [&](std::span<const EventRow* const> rows) {
    activity.committed(rows, wall_clock_now());
    hub.publish(rows);
    if (told_of_commits) told_of_commits->committed(rows);
  });
  if (!opened) {
    const std::string name = config.clickhouse_url.empty() ? database_name(config) : " that CLICKHOUSE_URL names";
    return complain(failed, "can't use the database" + name);
  }
  std::unique_ptr<Store> store = std::move(*opened);
  // It asks the store to its end: made behind it, it goes before it.
  Alerter alerter({.webhook_url = config.alert_webhook_url,
                   .webhook_secret = config.alert_webhook_secret,
                   .watch_urls = config.watch_urls,
                   .retention_days = config.retention_days},
                  *store, **desk);
  told_of_commits = &alerter;
  auto readers = std::make_unique<TaskQueue>(TaskQueue::Options{});
  auto hashers = std::make_unique<TaskQueue>(TaskQueue::Options{.threads = 1, .waiting_max = 32});
  Result<std::unique_ptr<RequestLogs>> request_logs =
      config.redis_url.empty() ? make_sql_request_logs(**desk) : make_redis_request_logs(config.redis_url);
  if (!request_logs) return complain(wrong_setting, "REDIS_URL can't be used");
  auto traces = std::make_unique<TraceQueue>(**request_logs);
  http::PublicLimit public_limit(config.policy.rate, entropy()[0]);
  http::LogsIngest logs(config.policy, entropy());
  http::LogsIngest tracked(policy_for_tracked(config.policy), entropy());
  std::atomic<bool> is_stopping = false;
  http::Services services{config,         *store,  hub,          metrics, *readers, logs,        **desk,  accounts,
                          **request_logs, *traces, public_limit, tracked, activity, is_stopping, *hashers};
  http::Router router(services);
  http::Server server(router, metrics);
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, threads_max);
  switch (server.start({.host = config.host, .port = config.port, .threads = threads})) {
    case http::Server::Listening::yes: break;
    case http::Server::Listening::port_taken:
      return complain(port_taken, "port " + std::to_string(config.port) + " on " + config.host +
                                      " is taken: stop what uses it, or choose another with --port");
    case http::Server::Listening::failed: return complain(failed, "can't listen on " + config.host);
  }
  const bool is_v6 = config.host.find(':') != std::string::npos;
  std::printf("mayday-origin listening on http://%s:%u\n",
              is_v6 ? ("[" + config.host + "]").c_str() : config.host.c_str(), static_cast<unsigned>(server.port()));
  std::fflush(stdout);

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  is_stopping = true;
  hub.close();
  server.stop();
  // They run what they have left, and may still reply to connections: before the server's contexts go.
  hashers.reset();
  readers.reset();
  traces.reset();
  store->close();  // Its last commits are told to the alerter.
  return stopped;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return complain(failed, "the system has no randomness to offer");
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const std::span<const std::string_view> arguments(words);
  if (!words.empty() && words[0] == "admin") return commands::admin(arguments.subspan(1));
  if (!words.empty() && words[0] == "backup") return commands::backup(arguments.subspan(1));
  if (!words.empty() && words[0] == "migrate") return commands::migrate(arguments.subspan(1));
  if (!words.empty() && words[0] == "routes") return commands::routes();
  Config config;
  if (!commands::read_environment(arguments, config)) return wrong_setting;
  if (config.help) {
    std::fputs(std::string(help_text()).c_str(), stdout);
    return stopped;
  }
  const sigset_t signals = block_signals();
  return serve(config, signals);
}
