// The one-pass reader against nlohmann_json, its oracle: what one takes, the other takes.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "mayday/base/json_reader.h"

namespace {

bool is_json(std::string_view text) {
  mayday::json::Reader reader(text);
  reader.skip();
  reader.finish();
  return !reader.failed();
}

/// Where the two are known to differ: a BOM and a NUL (the oracle is too kind), lone surrogates (it is too strict), and
/// depth (it has no bound).
bool oracle_has_an_opinion(std::string_view text, const std::string& complaint) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) return false;
  int depth = 0, deepest = 0;
  for (char c : text) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    deepest = depth > deepest ? depth : deepest;
  }
  return deepest <= static_cast<int>(mayday::json_depth_max) && complaint.find("surrogate") == std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool ours = is_json(text);
  bool theirs = true;
  std::string complaint;
  try {
    (void)nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    theirs = false;
    complaint = error.what();
  }
  if (oracle_has_an_opinion(text, complaint) && ours != theirs) std::abort();
  return 0;
}
