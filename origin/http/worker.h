#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <unordered_set>

#include "mayday/base/random.h"
#include "origin/clock.h"
#include "origin/http/metrics.h"
#include "origin/http/router.h"

/// For server.cpp and connection.cpp alone. The executor's type is named everywhere: with the type-erased one of Asio's
/// tutorials a request costs three times as much (STORAGE).
namespace mayday::origin::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Token = asio::use_awaitable_t<Executor>;
template <typename T>
using Awaitable = asio::awaitable<T, Executor>;

class Connection;

/// One thread's share: its own context, listener and connections. Nothing of it is touched by another thread.
struct Worker {
  Worker(Router& router_to_ask, Metrics& metrics_to_count) : router(router_to_ask), metrics(metrics_to_count) {}

  Router& router;
  Metrics& metrics;
  Random random{entropy()};
  std::unordered_set<Connection*> connections;  ///< Before the context, whose end may end connections.
  bool is_stopping = false;
  asio::io_context context{1};
  Acceptor acceptor{context};
};

/// Serves a connection until either side ends it.
void start_connection(Worker& worker, Socket socket);

/// Ends a connection that waits for its client; one that works on an answer ends after it.
void stop_connection(Connection& connection);

}  // namespace mayday::origin::http
