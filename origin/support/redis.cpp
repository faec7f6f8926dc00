#include "origin/support/redis.h"

#include <charconv>

#include "origin/log.h"

namespace mayday::origin {
namespace {

constexpr timeval connect_max{.tv_sec = 2, .tv_usec = 0};
constexpr timeval answer_max{.tv_sec = 2, .tv_usec = 0};

bool read_number(std::string_view text, int maximum, int& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc{} && end == text.data() + text.size() && out >= 0 && out <= maximum;
}

bool append(redisContext* context, const Redis::Command& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  return redisAppendCommandArgv(context, static_cast<int>(words.size()), words.data(), sizes.data()) == REDIS_OK;
}

}  // namespace

std::optional<RedisAddress> parse_redis_url(std::string_view url) {
  constexpr std::string_view scheme = "redis://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  RedisAddress address;
  if (const std::size_t slash = url.rfind('/'); slash != std::string_view::npos) {
    if (slash + 1 < url.size() && !read_number(url.substr(slash + 1), 1'000, address.database)) return std::nullopt;
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view account = url.substr(0, at);
    const std::size_t colon = account.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    address.user = account.substr(0, colon);
    address.password = account.substr(colon + 1);
    url = url.substr(at + 1);
  }
  if (const std::size_t colon = url.rfind(':'); colon != std::string_view::npos) {
    if (!read_number(url.substr(colon + 1), 65'535, address.port)) return std::nullopt;
    url = url.substr(0, colon);
  }
  if (url.empty()) return std::nullopt;
  address.host = url;
  return address;
}

void Redis::complain(std::string_view doing) {
  const bool has_words = context_ && context_->err != 0;
  log_line(Level::error, std::string("Redis: ") + std::string(doing),
           {.error_message = has_words ? context_->errstr : "no connection"});
}

bool Redis::connect() {
  context_.reset(redisConnectWithTimeout(address_.host.c_str(), address_.port, connect_max));
  if (!context_ || context_->err != 0) return false;
  redisSetTimeout(context_.get(), answer_max);
  std::vector<Command> commands;
  if (!address_.password.empty()) {
    commands.push_back(address_.user.empty() ? Command{"AUTH", address_.password}
                                             : Command{"AUTH", address_.user, address_.password});
  }
  if (address_.database != 0) commands.push_back({"SELECT", std::to_string(address_.database)});
  std::vector<Reply> replies;
  if (!exchange(commands, replies)) return false;
  for (const Reply& reply : replies) {
    if (reply->type == REDIS_REPLY_ERROR) return false;
  }
  return true;
}

bool Redis::exchange(const std::vector<Command>& commands, std::vector<Reply>& replies) {
  replies.clear();
  for (const Command& command : commands) {
    if (!append(context_.get(), command)) return false;
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK || !reply) return false;
    replies.emplace_back(static_cast<redisReply*>(reply));
  }
  return true;
}

Result<std::vector<Redis::Reply>> Redis::pipeline(const std::vector<Command>& commands) {
  const std::lock_guard lock(mutex_);
  std::vector<Reply> replies;
  const bool was_connected = context_ && context_->err == 0;
  bool done = was_connected && exchange(commands, replies);
  if (!done) done = connect() && exchange(commands, replies);
  if (!done) {
    complain("not reached");
    context_.reset();
    return Error{Code::storage_failed, 0};
  }
  for (const Reply& reply : replies) {
    if (reply->type != REDIS_REPLY_ERROR) continue;
    log_line(Level::error, "Redis: a command was refused", {.error_message = std::string_view(reply->str, reply->len)});
    return Error{Code::storage_failed, 0};
  }
  return replies;
}

}  // namespace mayday::origin
