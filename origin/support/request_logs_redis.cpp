#include <set>
#include <string>

#include "origin/support/redis.h"
#include "origin/support/request_logs.h"

namespace mayday::origin {
namespace {

std::string key_of(std::string_view user_id) { return "support:logs:user:" + std::string(user_id); }

class RedisRequestLogs final : public RequestLogs {
 public:
  explicit RedisRequestLogs(RedisAddress address) : redis_(std::move(address)) {}

  Result<void> push(std::span<const RequestTrace> traces, Timestamp) override {
    std::vector<Redis::Command> commands;
    std::set<std::string> keys;
    for (const RequestTrace& trace : traces) {
      commands.push_back({"LPUSH", key_of(trace.user_id), trace.body});
      keys.insert(key_of(trace.user_id));
    }
    for (const std::string& key : keys) {
      commands.push_back({"LTRIM", key, "0", std::to_string(request_logs_max - 1)});
      commands.push_back({"EXPIRE", key, std::to_string(request_logs_ttl_s)});
    }
    const Result<std::vector<Redis::Reply>> replies = redis_.pipeline(commands);
    return replies ? Result<void>() : Result<void>(replies.error());
  }

  Result<std::vector<std::string>> list(std::string_view user_id, std::size_t limit, Timestamp) override {
    const Result<std::vector<Redis::Reply>> replies =
        redis_.pipeline({{"LRANGE", key_of(user_id), "0", std::to_string(limit - 1)}});
    if (!replies) return replies.error();
    std::vector<std::string> bodies;
    const redisReply& list = *replies->front();
    bodies.reserve(list.elements);
    for (std::size_t i = 0; i < list.elements; ++i) bodies.emplace_back(list.element[i]->str, list.element[i]->len);
    return bodies;
  }

  Result<void> clear(std::string_view user_id) override {
    const Result<std::vector<Redis::Reply>> replies = redis_.pipeline({{"DEL", key_of(user_id)}});
    return replies ? Result<void>() : Result<void>(replies.error());
  }

  Result<void> check() override {
    const Result<std::vector<Redis::Reply>> replies = redis_.pipeline({{"PING"}});
    return replies ? Result<void>() : Result<void>(replies.error());
  }

 private:
  Redis redis_;
};

}  // namespace

Result<std::unique_ptr<RequestLogs>> make_redis_request_logs(const std::string& url) {
  std::optional<RedisAddress> address = parse_redis_url(url);
  if (!address) return Error{Code::bad_config, 0};
  return std::unique_ptr<RequestLogs>(std::make_unique<RedisRequestLogs>(std::move(*address)));
}

}  // namespace mayday::origin
