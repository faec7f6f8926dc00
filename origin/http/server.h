#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "origin/http/metrics.h"
#include "origin/http/router.h"

namespace mayday::origin::http {

/// Listens and serves, with one thread and one listener each (the kernel spreads connections over them).
class Server {
 public:
  struct Options {
    std::string host;
    std::uint16_t port = 0;  ///< 0: any free one.
    std::size_t threads = 1;
  };

  enum class Listening { yes, port_taken, failed };

  Server(Router& router, Metrics& metrics);
  /// A server that listens must be stopped first.
  ~Server();

  /// Binds and starts the threads. `port_taken` where another process listens there, even another mayday-origin. On
  /// `failed`, the reason is in the origin's own log.
  Listening start(const Options& options);

  /// The port that was bound.
  std::uint16_t port() const;

  /// Takes no more connections, ends those that wait for their client, lets the others finish, at most ten seconds, and
  /// joins the threads.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mayday::origin::http
