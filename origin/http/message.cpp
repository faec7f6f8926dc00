#include "origin/http/message.h"

#include <algorithm>

#include "mayday/base/assert.h"
#include "mayday/base/json_writer.h"

namespace mayday::origin::http {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr std::string_view busy_retry_after_s = "1";
constexpr std::string_view disk_retry_after_s = "60";

}  // namespace

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

const auth::Identity& Request::caller() const {
  MAYDAY_ASSERT(identity);
  return *identity;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

Response error_response(const Request& request, int status, std::string_view detail, std::string_view parameter) {
  Buffer body;
  json::ObjectWriter out(body);
  out.string("detail", detail);
  out.string("request_id", request.request_id);
  if (!parameter.empty()) out.string("parameter", parameter);
  out.close();
  Response response;
  response.status = status;
  response.body = body.view();
  return response;
}

Response store_failure_response(const Request& request, Code code) {
  Response response = error_response(request, 503, to_string(code));
  const std::string_view seconds = code == Code::disk_full ? disk_retry_after_s : busy_retry_after_s;
  response.headers.emplace_back("retry-after", seconds);
  return response;
}

}  // namespace mayday::origin::http
