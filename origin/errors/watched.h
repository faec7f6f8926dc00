#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "origin/net/http_client.h"

namespace mayday::origin {

/// What is known of one address that tells how somebody is: an edge's `/v1/logs/health`, Fluent Bit's `/api/v1/metrics`, or any
/// other that answers 2xx while all is well. For one thread.
class Watched {
 public:
  /// A restart is no trouble.
  static constexpr std::int64_t trouble_ms_min = 60'000;

  explicit Watched(const std::string& url);

  /// The address, without credentials and query.
  const std::string& name() const { return name_; }

  /// Takes in what was answered; null: nothing. Says in words what is wrong, each time while it has been so for a minute; at once
  /// where an edge says itself that it stands still, for that has waited a minute already.
  std::optional<std::string> note(const net::HttpAnswer* answer, std::int64_t now_ms);

 private:
  /// Of one output of Fluent Bit, as it stood when it last shipped something.
  struct Output {
    std::int64_t shipped = 0;
    std::int64_t failed = 0;
  };

  std::string trouble_of(const net::HttpAnswer* answer);
  std::string stuck_output(const std::string& body);

  std::string name_;
  std::map<std::string, Output> outputs_;
  std::optional<std::int64_t> bad_since_ms_;
};

}  // namespace mayday::origin
