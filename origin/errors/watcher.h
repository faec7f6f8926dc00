#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "origin/errors/watched.h"
#include "origin/net/http_client.h"

namespace mayday::origin {

/// Asks addresses every 15 seconds how somebody is (watched.h), and tells of trouble: where it is, and what, in words. Told again and
/// again while it lasts, on a thread of its own.
class Watcher {
 public:
  using Tell = std::function<void(const std::string& name, const std::string& trouble)>;

  Watcher(const std::vector<std::string>& urls, Tell tell);
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

 private:
  struct Target {
    std::string url;
    Watched watched;
  };

  void run();
  void look(Target& target);
  bool is_closed();

  Tell tell_;
  std::vector<Target> targets_;
  net::HttpClient client_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace mayday::origin
