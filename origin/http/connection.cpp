#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "mayday/base/uuid.h"
#include "mayday/ingest/trace_context.h"
#include "origin/http/wire.h"
#include "origin/http/worker.h"
#include "origin/log.h"

// The only file that knows Beast: it costs 40 seconds of compilation.
namespace mayday::origin::http {

namespace beast = boost::beast;
using boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

namespace {

constexpr std::size_t read_buffer_bytes = 16 * 1024;
static_assert(read_buffer_bytes >= header_bytes_max, "a whole header must fit, or it can't be refused as too large");

/// What an ending connection may still send before it is cut off. It must be read, or the answer is lost in a reset.
constexpr std::size_t drained_bytes_max = 8 * 1024 * 1024;
constexpr int drain_ms_max = 2'000;

/// An answer that comes later. Shared by the coroutine that waits and by whoever replies.
struct Pending {
  explicit Pending(const Executor& executor) : timer(executor) { timer.expires_at(Timer::time_point::max()); }
  Timer timer;
  bool is_given = false;
  Response response;
};

}  // namespace

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Worker& worker, Socket socket)
      : worker_(worker), stream_(std::move(socket)), heartbeat_(worker.context.get_executor()) {
    error_code ignored;
    const Tcp::endpoint peer = stream_.socket().remote_endpoint(ignored);
    asio::ip::address address = peer.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    client_address_ = ignored ? std::string() : address.to_string();
    std::ignore = stream_.socket().set_option(Tcp::no_delay(true), ignored);
    buffer_.reserve(read_buffer_bytes);
    worker_.connections.insert(this);
    worker_.metrics.connection_opened();
  }

  ~Connection() {
    worker_.connections.erase(this);
    worker_.metrics.connection_closed();
  }

  Awaitable<void> run() {
    while (!worker_.is_stopping && co_await serve_one()) {
    }
    error_code ignored;
    std::ignore = stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    if (must_drain_) co_await drain();
  }

  void stop() {
    if (is_waiting_for_client_) stream_.cancel();
    heartbeat_.cancel();
  }

 private:
  /// One request and its answer; true if another may follow.
  Awaitable<bool> serve_one() {
    Parser parser;
    parser.header_limit(header_bytes_max);
    parser.body_limit(boost::none);
    error_code failed;
    is_waiting_for_client_ = true;
    stream_.expires_after(std::chrono::milliseconds(slow_client_ms_max));
    co_await beast::http::async_read_header(stream_, buffer_, parser, asio::redirect_error(Token{}, failed));
    is_waiting_for_client_ = false;
    Request request = identify(parser);
    if (failed) co_return co_await refuse_unreadable(request, failed);
    if (!fill(request, parser))
      co_return co_await answer_and_close(request, error_response(request, 400, "invalid_request"));

    Router::Verdict verdict = worker_.router.judge(request);
    if (verdict.refusal) {
      must_drain_ = !parser.is_done();
      co_return co_await finish(request, verdict.route_index, std::move(*verdict.refusal),
                                parser.keep_alive() && parser.is_done());
    }
    if (!co_await read_body(request, parser, verdict.body_bytes_max)) co_return false;
    Response response = co_await answer(verdict, request);
    const bool is_whole = !request.is_body_too_large;
    must_drain_ = !is_whole;
    co_return co_await finish(request, verdict.route_index, std::move(response), parser.keep_alive() && is_whole);
  }

  Request identify(Parser& parser) {
    const auto given = parser.get()["x-request-id"];
    Request request;
    request.client_address = client_address_;
    request.request_id.assign(given.data(), given.size());
    if (!is_sane_request_id(request.request_id)) {
      request.request_id.resize(uuid_chars);
      format_uuid(make_uuid(wall_clock_now(), worker_.random), request.request_id.data());
    }
    const auto traceparent = parser.get()["traceparent"];
    if (const auto trace_id = trace_id_of({traceparent.data(), traceparent.size()})) {
      request.trace_id = *trace_id;
    } else {
      request.trace_id.resize(32);
      format_hex(worker_.random.next(), request.trace_id.data());
      format_hex(worker_.random.next() | 1, request.trace_id.data() + 16);
    }
    return request;
  }

  /// False for what Beast lets through and RFC 9112 does not: no Host or several, a target that is no path, and a
  /// Transfer-Encoding that another server on the way may read otherwise (request smuggling).
  static bool fill(Request& request, Parser& parser) {
    const auto& message = parser.get();
    request.target = {message.target().data(), message.target().size()};
    const std::string_view method{message.method_string().data(), message.method_string().size()};
    request.is_head = method == "HEAD";
    request.method = request.is_head ? "GET" : method;
    for (const auto& field : message) {
      request.headers.emplace_back(std::string_view(field.name_string().data(), field.name_string().size()),
                                   std::string_view(field.value().data(), field.value().size()));
    }
    split_target(request);
    const std::size_t hosts = message.count(beast::http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return false;
    if (!request.path.starts_with('/')) return false;
    const std::size_t encodings = message.count(beast::http::field::transfer_encoding);
    if (encodings == 0) return true;
    const bool is_chunked = equals_ignoring_case(request.header("transfer-encoding"), "chunked");
    return encodings == 1 && is_chunked && message.version() >= 11;
  }

  /// False where the client went away.
  Awaitable<bool> read_body(Request& request, Parser& parser, std::size_t bytes_max) {
    if (parser.is_done()) co_return true;
    if (const auto length = parser.content_length(); length && *length > bytes_max) {
      request.is_body_too_large = true;
      co_return true;
    }
    parser.body_limit(bytes_max);
    error_code failed;
    stream_.expires_after(std::chrono::milliseconds(slow_client_ms_max));
    if (equals_ignoring_case(request.header("expect"), "100-continue")) {
      constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(go_on), asio::redirect_error(Token{}, failed));
      if (failed) co_return false;
    }
    is_waiting_for_client_ = true;
    co_await beast::http::async_read(stream_, buffer_, parser, asio::redirect_error(Token{}, failed));
    is_waiting_for_client_ = false;
    if (failed == beast::http::error::body_limit) {
      request.is_body_too_large = true;
      co_return true;
    }
    if (failed) co_return co_await refuse_unreadable(request, failed);
    request.body = std::move(parser.get().body());
    co_return true;
  }

  Awaitable<Response> answer(const Router::Verdict& verdict, Request& request) {
    const Executor executor = worker_.context.get_executor();
    const auto pending = std::make_shared<Pending>(executor);
    const Reply reply = [pending, executor](Response response) {
      asio::post(executor, [pending, response = std::move(response)]() mutable {
        pending->response = std::move(response);
        pending->is_given = true;
        pending->timer.cancel();
      });
    };
    if (Answered answered = worker_.router.handle(verdict, request, reply)) co_return std::move(*answered);
    for (;;) {
      if (pending->is_given) co_return std::move(pending->response);
      error_code ignored;
      co_await pending->timer.async_wait(asio::redirect_error(Token{}, ignored));
    }
  }

  Awaitable<bool> finish(const Request& request, std::size_t route_index, Response response, bool keep_alive) {
    const bool stays = keep_alive && !response.must_close && !response.stream && !worker_.is_stopping;
    worker_.metrics.count_request(route_index, response.status);
    const std::string head = format_head(request, response, stays);
    const std::string_view body = response.static_body.empty() ? std::string_view(response.body) : response.static_body;
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head),
                                                  request.is_head ? asio::const_buffer() : asio::buffer(body)};
    error_code failed;
    stream_.expires_after(std::chrono::milliseconds(slow_client_ms_max));
    co_await asio::async_write(stream_, parts, asio::redirect_error(Token{}, failed));
    if (!failed && response.stream) co_await stream_events(*response.stream);
    co_return !failed && stays;
  }

  /// Sends what comes until the hub closes or the client is gone; the next write tells.
  Awaitable<void> stream_events(live::Subscription& subscription) {
    const Executor executor = worker_.context.get_executor();
    subscription.set_wake([weak = weak_from_this(), executor] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->heartbeat_.cancel();
      });
    });
    std::string frames = ": connected\n\n";
    error_code failed;
    while (!failed) {
      stream_.expires_after(std::chrono::milliseconds(slow_client_ms_max));
      co_await asio::async_write(stream_, asio::buffer(frames), asio::redirect_error(Token{}, failed));
      stream_.expires_never();
      if (failed || subscription.closed() || worker_.is_stopping) break;
      frames = subscription.take();
      if (!frames.empty()) continue;
      error_code woken;
      heartbeat_.expires_after(std::chrono::milliseconds(heartbeat_ms));
      co_await heartbeat_.async_wait(asio::redirect_error(Token{}, woken));
      frames = subscription.take();
      if (frames.empty()) frames = ": still here\n\n";
    }
    subscription.set_wake({});
  }

  /// Answers what is not HTTP, or too much of it. A client that went away is told nothing. Always false.
  Awaitable<bool> refuse_unreadable(const Request& request, error_code failed) {
    if (failed == beast::http::error::end_of_stream || failed == beast::http::error::partial_message) co_return false;
    if (failed.category() != beast::http::make_error_code(beast::http::error::bad_method).category()) co_return false;
    if (failed == beast::http::error::header_limit || failed == beast::http::error::buffer_overflow) {
      co_return co_await answer_and_close(request, error_response(request, 431, "header_too_large"));
    }
    co_return co_await answer_and_close(request, error_response(request, 400, "invalid_request"));
  }

  Awaitable<bool> answer_and_close(const Request& request, Response response) {
    must_drain_ = true;
    co_return co_await finish(request, other_route, std::move(response), false);
  }

  Awaitable<void> drain() {
    error_code failed;
    std::size_t drained = 0;
    buffer_.clear();
    stream_.expires_after(std::chrono::milliseconds(drain_ms_max));
    while (!failed && drained < drained_bytes_max) {
      drained +=
          co_await stream_.async_read_some(buffer_.prepare(read_buffer_bytes), asio::redirect_error(Token{}, failed));
    }
  }

  Worker& worker_;
  beast::basic_stream<Tcp, Executor> stream_;
  beast::flat_buffer buffer_;
  Timer heartbeat_;
  std::string client_address_;
  bool is_waiting_for_client_ = false;
  bool must_drain_ = false;
};

namespace {

Awaitable<void> run_connection(std::shared_ptr<Connection> connection) {
  try {
    co_await connection->run();
  } catch (const std::exception& exception) {
    log_line(Level::error, "a connection failed", {.error_message = exception.what()});
  }
}

}  // namespace

void start_connection(Worker& worker, Socket socket) {
  auto connection = std::make_shared<Connection>(worker, std::move(socket));
  asio::co_spawn(worker.context, run_connection(std::move(connection)), asio::detached);
}

void stop_connection(Connection& connection) { connection.stop(); }

}  // namespace mayday::origin::http
