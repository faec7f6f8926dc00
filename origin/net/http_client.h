#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"

namespace mayday::origin::net {

struct HttpAnswer {
  int status = 0;
  std::string body;
  /// Names in lower case; a header that comes twice stands twice.
  std::vector<std::pair<std::string, std::string>> headers;

  bool is_success() const { return status >= 200 && status < 300; }
  /// The first of that name (in lower case); empty where there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpOptions {
  std::int64_t timeout_ms = 10'000;                 ///< For everything: connect, send, answer.
  std::size_t answer_bytes_max = 64 * 1024 * 1024;  ///< A longer answer is a failure.
};

/// Asks other servers: webhooks, ClickHouse. HTTP and HTTPS only, certificates checked, redirects not followed (an answer of
/// 3xx is an answer), no proxy but what the environment names. Credentials in the URL go as Basic authentication. Connections
/// are kept for the next request. Waits for the answer: not for a thread that serves; any thread may call.
class HttpClient {
 public:
  /// `Name: value` each, without line breaks: one that has any is left out.
  using Headers = std::vector<std::string>;

  HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  /// An answer, whatever its status; `origin_unavailable` where there is none, with curl's code, of which `describe` knows
  /// the words.
  Result<HttpAnswer> get(const std::string& url, const Headers& headers, const HttpOptions& options = {});
  Result<HttpAnswer> post(const std::string& url, const Headers& headers, std::string_view body,
                          const HttpOptions& options = {});

  /// Why there was no answer, for a log: never the URL, which may hold a password.
  static std::string describe(const Error& error);

 private:
  class Handles;

  Result<HttpAnswer> ask(const std::string& url, const Headers& headers, const std::string_view* body,
                         const HttpOptions& options);

  std::unique_ptr<Handles> handles_;
};

/// `text` as one part of a query: everything but letters, digits and `-._~` escaped.
std::string escape_query(std::string_view text);

}  // namespace mayday::origin::net
