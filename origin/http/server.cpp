#include "origin/http/server.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <thread>
#include <tuple>
#include <vector>

#include "origin/http/wire.h"
#include "origin/http/worker.h"
#include "origin/log.h"

namespace mayday::origin::http {
namespace {

using boost::system::error_code;

constexpr int stop_ms_max = 10'000;
constexpr int accept_pause_ms = 50;

Awaitable<void> accept_connections(Worker& worker) {
  while (worker.acceptor.is_open()) {
    error_code failed;
    Socket socket = co_await worker.acceptor.async_accept(asio::redirect_error(Token{}, failed));
    if (failed == asio::error::operation_aborted || !worker.acceptor.is_open()) co_return;
    if (failed) {
      // Out of file descriptors, most likely: without a pause this would turn a core into heat.
      Timer pause(worker.context.get_executor());
      pause.expires_after(std::chrono::milliseconds(accept_pause_ms));
      co_await pause.async_wait(asio::redirect_error(Token{}, failed));
      continue;
    }
    if (worker.metrics.connections() >= connections_max) continue;  // The socket closes with its scope.
    start_connection(worker, std::move(socket));
  }
}

bool share_port(Acceptor& acceptor) {
  const int on = 1;
  return setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
}

/// The first listener binds alone, so that a port which another process has, an older origin of ours too, is found taken;
/// only then it is shared with our own other threads.
error_code listen(Acceptor& acceptor, const Tcp::endpoint& endpoint, bool is_first) {
  error_code failed;
  if (acceptor.open(endpoint.protocol(), failed)) return failed;
  if (acceptor.set_option(asio::socket_base::reuse_address(true), failed)) return failed;
  if (!is_first && !share_port(acceptor)) return {errno, boost::system::system_category()};
  if (acceptor.bind(endpoint, failed)) return failed;
  if (is_first && !share_port(acceptor)) return {errno, boost::system::system_category()};
  return acceptor.listen(asio::socket_base::max_listen_connections, failed);
}

void run_worker(Worker& worker) {
  for (;;) {
    try {
      worker.context.run();
      return;
    } catch (const std::exception& exception) {
      log_line(Level::error, "unhandled exception", {.error_message = exception.what()});
    }
  }
}

}  // namespace

struct Server::Impl {
  Router& router;
  Metrics& metrics;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  std::uint16_t port = 0;
};

Server::Server(Router& router, Metrics& metrics) : impl_(new Impl{router, metrics, {}, {}, 0}) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->port; }

Server::Listening Server::start(const Options& options) {
  Tcp::endpoint endpoint(asio::ip::make_address(options.host), options.port);
  for (std::size_t i = 0; i < options.threads; ++i) {
    auto worker = std::make_unique<Worker>(impl_->router, impl_->metrics);
    if (const error_code failed = listen(worker->acceptor, endpoint, i == 0)) {
      impl_->workers.clear();
      if (failed == asio::error::address_in_use) return Listening::port_taken;
      log_line(Level::error, "can't listen on " + options.host, {.error_message = failed.message()});
      return Listening::failed;
    }
    if (i == 0) endpoint = worker->acceptor.local_endpoint();
    impl_->workers.push_back(std::move(worker));
  }
  impl_->port = endpoint.port();
  for (const auto& worker : impl_->workers) {
    asio::co_spawn(worker->context, accept_connections(*worker), asio::detached);
    impl_->threads.emplace_back([&worker = *worker] { run_worker(worker); });
  }
  return Listening::yes;
}

void Server::stop() {
  for (const auto& worker : impl_->workers) {
    asio::post(worker->context, [&worker = *worker] {
      worker.is_stopping = true;
      error_code ignored;
      std::ignore = worker.acceptor.close(ignored);
      for (Connection* connection : worker.connections) stop_connection(*connection);
    });
  }
  const std::int64_t deadline = steady_ms() + stop_ms_max;
  while (impl_->metrics.connections() > 0 && steady_ms() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const auto& worker : impl_->workers) worker->context.stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace mayday::origin::http
