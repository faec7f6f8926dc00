// Redaction of any text in any profile, at the edge and in a page: well-formed, and the second time there is nothing left to do.
#include <cstdlib>
#include <string>

#include "mayday/base/utf8.h"
#include "mayday/filter/redact_page.h"

namespace {

bool is_well_formed(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  char32_t code_point = 0;
  while (at != end) {
    const std::size_t length = mayday::utf8::decode(at, end, code_point);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const auto profile = static_cast<mayday::schema::Profile>(data[0] % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!is_well_formed(text)) return 0;
  mayday::Buffer from_page;
  mayday::redact_in_page(text, profile, from_page);
  if (!is_well_formed(from_page.view())) std::abort();
  mayday::Buffer out;
  const mayday::Redaction redaction = mayday::redact(text, profile, out);
  if (!redaction.changed) return out.empty() ? 0 : (std::abort(), 0);
  if (!is_well_formed(out.view())) std::abort();
  return 0;
}
