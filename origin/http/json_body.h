#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "origin/http/message.h"

namespace mayday::origin::http {

/// The members of a JSON object that a client sent. Members that no one asks for are ignored. The first that can't be used is
/// remembered; whoever reads asks once, at the end.
class JsonBody {
 public:
  /// An empty body is an empty object.
  explicit JsonBody(const Request& request);
  ~JsonBody();
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;

  /// Of at least one and at most `code_points_max` code points; control characters but line breaks and tabs are no text.
  std::string required_text(std::string_view name, std::size_t code_points_max);
  /// Empty where it is missing, null or empty.
  std::string text(std::string_view name, std::size_t code_points_max);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum, std::int64_t maximum);
  bool flag(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t items_max, std::size_t code_points_max);

  /// The member as it is; null where it is missing.
  const nlohmann::json& member(std::string_view name) const;
  const nlohmann::json& whole() const { return *value_; }

  void refuse(std::string_view name);

  /// 400 `invalid_json`, or `invalid_payload` with the member's name, or 413; nothing where all was good.
  std::optional<Response> refusal(const Request& request) const;

 private:
  std::unique_ptr<nlohmann::json> value_;
  std::string_view problem_;  ///< A wire code; empty: none.
  std::string parameter_;
};

/// Whether `text` has at most that many code points, and no control characters but line breaks and tabs.
bool is_plain_text(std::string_view text, std::size_t code_points_max);

Response json_response(const nlohmann::json& value, int status = 200);

}  // namespace mayday::origin::http
