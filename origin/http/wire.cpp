#include "origin/http/wire.h"

#include <algorithm>
#include <utility>

namespace mayday::origin::http {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    default: return status < 500 ? "Answer" : "Internal Server Error";
  }
}

/// Header values are ours or were checked where they came in; a line break in one would forge another.
bool is_safe_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool has_header(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [name](const auto& header) { return header.first == name; });
}

class HeadWriter {
 public:
  explicit HeadWriter(int status) {
    head_.reserve(512);
    head_.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_of(status)).append("\r\n");
  }

  void add(std::string_view name, std::string_view value) {
    if (is_safe_value(value)) head_.append(name).append(": ").append(value).append("\r\n");
  }

  std::string finish() { return std::move(head_.append("\r\n")); }

 private:
  std::string head_;
};

}  // namespace

std::string format_head(const Request& request, const Response& response, bool keep_alive) {
  HeadWriter head(response.status);
  if (!response.content_type.empty()) head.add("content-type", response.content_type);
  for (const auto& [name, value] : response.headers) head.add(name, value);
  const std::pair<std::string_view, std::string_view> defaults[] = {
      {"x-request-id", request.request_id},
      {"x-trace-id", request.trace_id},
      {"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
      {"x-content-type-options", "nosniff"},
      {"referrer-policy", "no-referrer"}};
  for (const auto& [name, value] : defaults) {
    if (!has_header(response, name)) head.add(name, value);
  }
  const std::size_t size = response.static_body.empty() ? response.body.size() : response.static_body.size();
  const bool has_length = !response.stream && response.status != 204 && response.status != 304;
  if (has_length) head.add("content-length", std::to_string(size));
  if (!keep_alive) head.add("connection", "close");
  return head.finish();
}

void split_target(Request& request) {
  const std::string_view target = request.target.substr(0, request.target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
}

}  // namespace mayday::origin::http
