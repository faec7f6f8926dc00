#include "origin/support/clean_text.h"

#include "mayday/base/buffer.h"
#include "mayday/filter/redact.h"

namespace mayday::origin {
namespace {

constexpr std::size_t path_code_points_max = 256;

std::string_view cut(std::string_view text, std::size_t code_points_max) {
  std::size_t code_points = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (begins && ++code_points > code_points_max) return text.substr(0, i);
  }
  return text;
}

}  // namespace

std::string clean_text(std::string_view text, schema::Profile profile, std::size_t code_points_max) {
  Buffer clean;
  // Redacted before it is cut: half a secret is not known for one.
  const Redaction redaction = redact(text, profile, clean);
  return std::string(cut(redaction.changed ? clean.view() : text, code_points_max));
}

std::string clean_path(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos && scheme < url.find('/')) {
    const std::size_t path = url.find('/', scheme + 3);
    url = path == std::string_view::npos ? std::string_view("/") : url.substr(path);
  }
  return clean_text(url.substr(0, url.find_first_of("?#")), schema::Profile::path, path_code_points_max);
}

}  // namespace mayday::origin
