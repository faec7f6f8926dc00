#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "origin/clock.h"
#include "origin/config.h"
#include "origin/http/router.h"
#include "origin/http/server.h"
#include "origin/live/hub.h"
#include "origin/store/store.h"

namespace {

using namespace mayday;
using namespace mayday::origin;

enum Exit : int { stopped = 0, failed = 1, wrong_setting = 2, port_taken = 3 };

constexpr std::size_t threads_max = 8;

std::optional<std::string_view> environment_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (!value) return std::nullopt;
  return value;
}

int complain(Exit status, const std::string& line) {
  std::fprintf(stderr, "mayday-origin: %s\n", line.c_str());
  return status;
}

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

/// Data folders are their owner's alone. False where the folder can't be made.
bool make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return true;
  if (!std::filesystem::create_directories(folder, error)) return false;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return !error;
}

int serve(const Config& config, const sigset_t& signals) {
  live::Hub hub;
  http::Metrics metrics;
  Result<std::unique_ptr<Store>> opened =
      open_sqlite_store({.path = config.database_path, .on_committed = [&hub](auto rows) { hub.publish(rows); }});
  if (!opened) return complain(failed, "can't use the database " + config.database_path);
  std::unique_ptr<Store> store = std::move(*opened);
  auto readers = std::make_unique<TaskQueue>(TaskQueue::Options{});
  http::LogsIngest logs(config.policy, entropy());
  http::Services services{config, *store, hub, metrics, *readers, logs};
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
  hub.close();
  server.stop();
  // Both run what they have left, and may still reply to connections: before the server's contexts go.
  readers.reset();
  store.reset();
  return stopped;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  Config config;
  if (const ConfigProblem problem = read_config(arguments, environment_variable, config); !problem.empty()) {
    return complain(wrong_setting, problem);
  }
  if (config.help) {
    std::fputs(std::string(help_text()).c_str(), stdout);
    return stopped;
  }
  const std::filesystem::path folder = std::filesystem::path(config.database_path).parent_path();
  if (!make_folder(folder)) return complain(wrong_setting, "can't make the folder " + folder.string());
  const sigset_t signals = block_signals();
  return serve(config, signals);
}
