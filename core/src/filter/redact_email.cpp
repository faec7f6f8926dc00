#include <array>

#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t local_bytes_max = 64;  // RFC 5321, section 4.5.3.1.1
constexpr std::size_t domain_bytes_max = 255;

/// Endings that look like a top-level domain and are files: `logo@2x.png`, `render@app.js`.
constexpr std::array<std::string_view, 20> file_endings{"js",  "mjs", "cjs",  "jsx",  "ts",   "tsx",  "css",
                                                        "png", "jpg", "jpeg", "gif",  "svg",  "webp", "avif",
                                                        "ico", "map", "wasm", "html", "json", "vue"};

constexpr bool is_local(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || is_past_ascii(c);
}

bool is_file_ending(std::string_view label) {
  for (std::string_view ending : file_endings) {
    if (label.size() != ending.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < label.size(); ++i) same = same && lower(label[i]) == ending[i];
    if (same) return true;
  }
  return false;
}

bool is_top_level_domain(std::string_view label) {
  if (label.size() < 2 || is_file_ending(label)) return false;
  for (char c : label) {
    if (!is_alpha(c) && !is_past_ascii(c)) return false;
  }
  return true;
}

/// Where the domain that begins at `begin` ends; `begin` itself where there is none. A dot or dash at its end is the
/// sentence's.
std::size_t domain_end(const Text& text, std::size_t begin) {
  std::size_t end = begin;
  std::size_t label = begin;
  std::size_t last_good = begin;
  for (; end < text.size() && end - begin < domain_bytes_max; ++end) {
    const char c = text.bytes[end];
    if (c == '.') {
      if (end == label) break;
      if (label > begin && is_top_level_domain(text.bytes.substr(label, end - label))) last_good = end;
      label = end + 1;
    } else if (!is_alnum(c) && c != '-' && !is_past_ascii(c)) {
      break;
    }
  }
  if (end > label && label > begin && is_top_level_domain(text.bytes.substr(label, end - label))) return end;
  return last_good;
}

}  // namespace

Match find_email(const Text& text, std::size_t at) {
  std::size_t begin = at;
  while (begin > text.floor && at - begin < local_bytes_max && is_local(text.bytes[begin - 1])) --begin;
  while (begin < at && (text.bytes[begin] == '.' || text.bytes[begin] == '-')) ++begin;
  if (begin == at) return {};
  const std::size_t end = domain_end(text, at + 1);
  if (end == at + 1) return {};
  return {.begin = begin, .end = end, .kind = Secret::email};
}

}  // namespace mayday::redaction
