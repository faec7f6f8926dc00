#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mayday::origin::http {

/// The parameters of a URL's query, decoded (`application/x-www-form-urlencoded`).
class Query {
 public:
  /// More parameters than this are not read.
  static constexpr std::size_t parameters_max = 64;

  explicit Query(std::string_view text);

  /// The first value under `name`; nothing where it is missing or empty.
  std::optional<std::string> value(std::string_view name) const;

  /// A whole number from `minimum` to `maximum`, `fallback` where it is missing, nothing where it is something else.
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum, std::int64_t maximum,
                                      std::int64_t fallback) const;

  /// False if a `%` is not followed by two hex digits somewhere, or there are too many parameters.
  bool is_valid() const { return is_valid_; }

 private:
  std::string decode(std::string_view text);

  std::vector<std::pair<std::string, std::string>> parameters_;
  bool is_valid_ = true;
};

/// A path's segment, decoded (RFC 3986, section 2.1): a `+` is itself. Nothing where a `%` is not followed by two hex digits.
std::optional<std::string> decode_segment(std::string_view segment);

}  // namespace mayday::origin::http
