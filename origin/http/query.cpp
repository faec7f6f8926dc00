#include "origin/http/query.h"

#include <algorithm>
#include <charconv>

namespace mayday::origin::http {

Query::Query(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (parameters_.size() == parameters_max) {
      is_valid_ = false;
      return;
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    parameters_.emplace_back(decode(pair.substr(0, equals)), decode(value));
  }
}

std::optional<std::string> decode_segment(std::string_view segment) {
  std::string decoded;
  decoded.reserve(segment.size());
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      decoded += segment[i];
      continue;
    }
    std::uint8_t byte = 0;
    const std::string_view digits = segment.substr(i + 1, 2);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || failure != std::errc{} || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

std::string Query::decode(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  std::optional<std::string> decoded = decode_segment(spaced);
  is_valid_ = is_valid_ && decoded;
  return std::move(decoded).value_or(std::string());
}

std::optional<std::string> Query::value(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return value.empty() ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t minimum, std::int64_t maximum,
                                           std::int64_t fallback) const {
  const std::optional<std::string> text = value(name);
  if (!text) return fallback;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  if (number < minimum || number > maximum) return std::nullopt;
  return number;
}

}  // namespace mayday::origin::http
