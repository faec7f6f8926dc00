#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"

namespace mayday::origin {

struct RedisAddress {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string user;
  std::string password;
  int database = 0;
};

/// Nothing where `url` is not `redis://[user:password@]host[:port][/database]`.
std::optional<RedisAddress> parse_redis_url(std::string_view url);

/// One connection, which threads take in turn. What Redis says in words goes to the log, here and nowhere else; never the
/// password.
class Redis {
 public:
  using Command = std::vector<std::string>;
  struct Free {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, Free>;

  explicit Redis(RedisAddress address) : address_(std::move(address)) {}

  /// Sends all commands at once and reads their replies. Where the connection has been lost since the last time, it is made
  /// anew and all of them are sent again: they must bear that. `storage_failed` otherwise, and where a reply is an error.
  Result<std::vector<Reply>> pipeline(const std::vector<Command>& commands);

 private:
  struct Close {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  bool connect();
  bool exchange(const std::vector<Command>& commands, std::vector<Reply>& replies);
  void complain(std::string_view doing);

  RedisAddress address_;
  std::mutex mutex_;
  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace mayday::origin
