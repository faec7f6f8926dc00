#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace mayday::bench {

/// A real mayday-origin on a free port of 127.0.0.1, on SQLite in `data_dir` where `database_url` is empty. Stops the benchmark
/// where it does not start.
class OriginProcess {
 public:
  OriginProcess(const std::string& data_dir, const std::string& database_url);
  OriginProcess(const OriginProcess&) = delete;
  OriginProcess& operator=(const OriginProcess&) = delete;
  /// Ends it by SIGTERM and waits.
  ~OriginProcess();

  std::uint16_t port() const { return port_; }

 private:
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

/// One connection that posts bodies to /ingest, one after the other.
class IngestClient {
 public:
  explicit IngestClient(std::uint16_t port);
  IngestClient(const IngestClient&) = delete;
  IngestClient& operator=(const IngestClient&) = delete;
  ~IngestClient();

  /// Posts and waits for the answer; stops the benchmark unless it is 200.
  void post(const std::string& body);

 private:
  int socket_ = -1;
};

}  // namespace mayday::bench
