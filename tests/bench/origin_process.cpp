#include "tests/bench/origin_process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace mayday::bench {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "mayday-origin-bench: %s\n", what);
  std::exit(1);
}

void write_all(int socket, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = write(socket, bytes.data() + sent, bytes.size() - sent);
    if (count <= 0) give_up("the origin went away");
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

OriginProcess::OriginProcess(const std::string& data_dir, const std::string& database_url) {
  int ends[2];
  if (pipe(ends) != 0) give_up("no pipe");
  child_ = fork();
  if (child_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    // What it logs, every new pattern, would bury the figures.
    if (!std::freopen((data_dir + "/origin.log").c_str(), "w", stderr)) _exit(127);
    setenv("DATABASE_URL", database_url.c_str(), 1);
    execl(MAYDAY_ORIGIN_BINARY, MAYDAY_ORIGIN_BINARY, "--port", "0", "--data", data_dir.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::FILE* out = fdopen(ends[0], "r");
  unsigned port = 0;
  if (!out || std::fscanf(out, "mayday-origin listening on http://127.0.0.1:%u", &port) != 1) {
    give_up("the origin did not start");
  }
  std::fclose(out);
  port_ = static_cast<std::uint16_t>(port);
}

OriginProcess::~OriginProcess() {
  kill(child_, SIGTERM);
  waitpid(child_, nullptr, 0);
}

IngestClient::IngestClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) give_up("can't connect");
}

IngestClient::~IngestClient() { close(socket_); }

void IngestClient::post(const std::string& body) {
  write_all(socket_,
            "POST /ingest HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer dev-origin-token\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n");
  write_all(socket_, body);
  std::string answer;
  char piece[4096];
  // The answer's own last byte: an object of ours ends with its request_id.
  while (!answer.ends_with("\"}")) {
    const ssize_t count = read(socket_, piece, sizeof piece);
    if (count <= 0) give_up("no answer");
    answer.append(piece, static_cast<std::size_t>(count));
  }
  if (!answer.starts_with("HTTP/1.1 200") || answer.find("\"rejected\":[]") == std::string::npos) {
    give_up(("refused: " + answer).c_str());
  }
}

}  // namespace mayday::bench
