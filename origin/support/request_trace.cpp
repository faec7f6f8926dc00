#include "origin/support/request_trace.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mayday/base/json_writer.h"
#include "mayday/event/level.h"
#include "origin/support/clean_text.h"

namespace mayday::origin {
namespace {

using nlohmann::json;

constexpr std::size_t method_chars_max = 16;
constexpr std::size_t id_chars_max = 128;
constexpr std::size_t error_chars_max = 256;
constexpr double duration_ms_max = 24 * 60 * 60 * 1'000.0;

std::string_view text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= method_chars_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string_view level_of(int status) { return status >= 500 ? "error" : status >= 400 ? "warn" : "info"; }

void write_time(json::const_reference given, Timestamp now, json::reference out) {
  std::optional<Timestamp> time;
  if (given.is_string()) time = parse_timestamp(given.get_ref<const std::string&>());
  char text[timestamp_chars];
  format_timestamp(time.value_or(now), text);
  out = std::string(text, timestamp_chars);
}

}  // namespace

std::optional<std::string> clean_trace(const json& request, Timestamp now) {
  if (!request.is_object()) return std::nullopt;
  const auto status = request.find("statusCode");
  const std::string_view method = text_of(request, "method"), url = text_of(request, "url");
  if (status == request.end() || !status->is_number_integer() || !is_method(method) || url.empty()) return std::nullopt;
  const auto code = status->get<std::int64_t>();
  if (code < 0 || code > 599) return std::nullopt;
  json clean;
  write_time(request.value("timestamp", json()), now, clean["timestamp"]);
  clean["method"] = method;
  clean["url"] = clean_path(url);
  clean["statusCode"] = code;
  for (const char* name : {"requestId", "traceId"}) {
    const std::string_view id = text_of(request, name);
    if (!id.empty()) clean[name] = clean_text(id, schema::Profile::identifier, id_chars_max);
  }
  const json duration = request.value("durationMs", json());
  if (duration.is_number()) {
    const double ms = duration.get<double>();
    if (std::isfinite(ms)) clean["durationMs"] = std::round(std::clamp(ms, 0.0, duration_ms_max) * 10) / 10;
  }
  const std::string_view level = text_of(request, "level");
  clean["level"] = parse_level(level) ? level : level_of(static_cast<int>(code));
  if (const std::string_view error = text_of(request, "error"); !error.empty()) {
    clean["error"] = clean_text(error, schema::Profile::message, error_chars_max);
  }
  std::string text = clean.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= request_log_bytes_max ? std::optional(std::move(text)) : std::nullopt;
}

std::string trace_of(const OwnRequest& request) {
  char time[timestamp_chars];
  format_timestamp(request.at, time);
  Buffer text;
  mayday::json::ObjectWriter out(text);
  out.string("timestamp", {time, timestamp_chars});
  out.string("requestId", request.request_id);
  out.string("traceId", request.trace_id);
  out.string("method", request.method);
  out.string("url", clean_path(request.path));
  out.integer("statusCode", request.status);
  out.integer("durationMs", request.duration_ms);
  out.string("level", level_of(request.status));
  out.close();
  return std::string(text.view());
}

}  // namespace mayday::origin
