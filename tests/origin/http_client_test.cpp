#include "origin/net/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace mayday::origin::net {
namespace {

/// Answers each connection's requests with the same bytes, and keeps what it was sent.
class Server {
 public:
  explicit Server(std::string answer) : answer_(std::move(answer)), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
    listen(socket_, 8);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~Server() {
    shutdown(socket_, SHUT_RDWR);
    const int connection = connection_.load();
    if (connection >= 0) shutdown(connection, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  std::string url(const std::string& credentials = {}) const {
    return "http://" + credentials + "127.0.0.1:" + std::to_string(port_) + "/path?x=1";
  }
  /// Of all requests; to be read when they are answered.
  const std::string& received() const { return received_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (int connection = accept(socket_, nullptr, nullptr); connection >= 0;
         connection = accept(socket_, nullptr, nullptr)) {
      connection_ = connection;
      ++connections_;
      char bytes[65536];
      for (ssize_t count = read(connection, bytes, sizeof bytes); count > 0;
           count = read(connection, bytes, sizeof bytes)) {
        received_.append(bytes, static_cast<std::size_t>(count));
        if (answer_.empty()) continue;
        if (write(connection, answer_.data(), answer_.size()) < 0) break;
      }
      connection_ = -1;
      close(connection);
    }
  }

  std::string answer_;
  int socket_;
  std::uint16_t port_ = 0;
  std::string received_;
  std::atomic<int> connections_ = 0;
  std::atomic<int> connection_ = -1;
  std::thread thread_;
};

TEST(HttpClient, PostsAndReadsTheAnswer) {
  Server server("HTTP/1.1 207 Odd\r\nX-Thing:  a b \r\nContent-Length: 4\r\n\r\nbody");
  HttpClient client;
  for (int i = 0; i < 2; ++i) {
    const Result<HttpAnswer> answer =
        client.post(server.url(), {"Content-Type: text/plain", "Bad: a\r\nInjected: b"}, "what is sent");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 207);
    EXPECT_TRUE(answer->is_success());
    EXPECT_EQ(answer->body, "body");
    EXPECT_EQ(answer->header("x-thing"), "a b");
    EXPECT_EQ(answer->header("missing"), "");
  }
  EXPECT_EQ(server.connections(), 1) << "the connection is kept";
  EXPECT_TRUE(server.received().starts_with("POST /path?x=1 HTTP/1.1\r\n"));
  EXPECT_NE(server.received().find("\r\nContent-Type: text/plain\r\n"), std::string::npos);
  EXPECT_NE(server.received().find("\r\n\r\nwhat is sent"), std::string::npos);
  EXPECT_EQ(server.received().find("Injected"), std::string::npos);
}

TEST(HttpClient, ShowsCredentialsOfTheUrlAndFollowsNoRedirect) {
  Server server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  const Result<HttpAnswer> answer = HttpClient().get(server.url("user:pass@"), {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_NE(server.received().find("Authorization: Basic dXNlcjpwYXNz"), std::string::npos);
}

TEST(HttpClient, FailsWhereThereIsNoAnswer) {
  HttpClient client;
  const Result<HttpAnswer> refused = client.get("http://127.0.0.1:1/", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::origin_unavailable);
  EXPECT_FALSE(HttpClient::describe(refused.error()).empty());
  EXPECT_FALSE(client.get("file:///etc/passwd", {}));
  EXPECT_FALSE(client.get("no url at all", {}));
  const Server silent("");
  EXPECT_FALSE(client.get(silent.url(), {}, {.timeout_ms = 50}));
}

TEST(HttpClient, RefusesAnAnswerThatIsTooLong) {
  const Server server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
  HttpClient client;
  EXPECT_TRUE(client.get(server.url(), {}, {.answer_bytes_max = 5}));
  EXPECT_FALSE(client.get(server.url(), {}, {.answer_bytes_max = 4}));
}

TEST(EscapeQuery, LeavesNothingThatMeansSomething) {
  EXPECT_EQ(escape_query("a-b_c.~9"), "a-b_c.~9");
  EXPECT_EQ(escape_query("SELECT 'ü' &x=1"), "SELECT%20%27%C3%BC%27%20%26x%3D1");
}

}  // namespace
}  // namespace mayday::origin::net
