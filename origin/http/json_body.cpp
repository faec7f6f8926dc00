#include "origin/http/json_body.h"

#include <nlohmann/json.hpp>

#include "mayday/base/result.h"

namespace mayday::origin::http {
namespace {

using nlohmann::json;

const json& null_value() {
  static const json null;
  return null;
}

/// nlohmann_json stops at a NUL and steps over a byte order mark; RFC 8259 has neither.
json parse(std::string_view text) {
  if (text.empty()) return json::object();
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) return json::value_t::discarded;
  return json::parse(text, nullptr, false);
}

}  // namespace

bool is_plain_text(std::string_view text, std::size_t code_points_max) {
  std::size_t code_points = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) return false;
    code_points += (byte & 0xc0) != 0x80 ? 1 : 0;
  }
  return code_points <= code_points_max;
}

JsonBody::JsonBody(const Request& request) : value_(std::make_unique<json>(parse(request.body))) {
  if (request.is_body_too_large) {
    problem_ = to_string(Code::payload_too_large);
  } else if (value_->is_discarded()) {
    problem_ = to_string(Code::invalid_json);
  } else if (!value_->is_object()) {
    problem_ = to_string(Code::invalid_payload);
  }
  if (!problem_.empty()) *value_ = json::object();
}

JsonBody::~JsonBody() = default;

const json& JsonBody::member(std::string_view name) const {
  const auto found = value_->find(name);
  return found == value_->end() ? null_value() : *found;
}

void JsonBody::refuse(std::string_view name) {
  if (!problem_.empty()) return;
  problem_ = to_string(Code::invalid_payload);
  parameter_ = name;
}

std::string JsonBody::text(std::string_view name, std::size_t code_points_max) {
  const json& value = member(name);
  if (value.is_null()) return {};
  const auto* found = value.get_ptr<const std::string*>();
  if (found && is_plain_text(*found, code_points_max)) return *found;
  refuse(name);
  return {};
}

std::string JsonBody::required_text(std::string_view name, std::size_t code_points_max) {
  std::string found = text(name, code_points_max);
  if (found.empty()) refuse(name);
  return found;
}

std::optional<std::int64_t> JsonBody::integer(std::string_view name, std::int64_t minimum, std::int64_t maximum) {
  const json& value = member(name);
  if (value.is_null()) return std::nullopt;
  const bool is_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (value.is_number_integer() && !is_large) {
    const auto number = value.get<std::int64_t>();
    if (number >= minimum && number <= maximum) return number;
  }
  refuse(name);
  return std::nullopt;
}

bool JsonBody::flag(std::string_view name) {
  const json& value = member(name);
  if (!value.is_null() && !value.is_boolean()) refuse(name);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> JsonBody::texts(std::string_view name, std::size_t items_max, std::size_t code_points_max) {
  const json& value = member(name);
  std::vector<std::string> found;
  if (value.is_null()) return found;
  if (!value.is_array() || value.size() > items_max) return refuse(name), found;
  for (const json& item : value) {
    const auto* item_text = item.get_ptr<const std::string*>();
    if (!item_text || !is_plain_text(*item_text, code_points_max)) return refuse(name), found;
    found.push_back(*item_text);
  }
  return found;
}

std::optional<Response> JsonBody::refusal(const Request& request) const {
  if (problem_.empty()) return std::nullopt;
  return error_response(request, request.is_body_too_large ? 413 : 400, problem_, parameter_);
}

Response json_response(const json& value, int status) {
  Response response;
  response.status = status;
  response.body = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

}  // namespace mayday::origin::http
