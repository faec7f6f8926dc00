#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "mayday/event/schema.h"

namespace mayday::test {

using Json = nlohmann::ordered_json;

/// The array in tests/cases/`path`.
inline std::vector<Json> read_cases(const std::string& path) {
  std::ifstream file(std::string(MAYDAY_CASES_DIR) + "/" + path);
  if (!file) throw std::runtime_error("no case file " + path);
  return Json::parse(file).get<std::vector<Json>>();
}

/// Texts by others, `redact/<name>_goes.json` and `redact/<name>_stays.json` (tests/cases/README.md).
inline const std::vector<std::string> held_out_corpora{"held_out", "held_out_2", "held_out_3", "held_out_4",
                                                       "held_out_5", "held_out_6", "held_out_7"};

/// The redaction profile that a case names.
inline schema::Profile profile_named(const std::string& name) {
  if (name == "message") return schema::Profile::message;
  if (name == "stack_line") return schema::Profile::stack_line;
  if (name == "value") return schema::Profile::value;
  if (name == "path") return schema::Profile::path;
  if (name == "identifier") return schema::Profile::identifier;
  throw std::runtime_error("no profile " + name);
}

/// True if `found` has all that `wanted` names (tests/cases/README.md).
inline bool fits(const Json& wanted, const Json& found) {
  if (wanted == "*") return true;
  if (wanted.is_object()) {
    if (!found.is_object()) return false;
    for (const auto& [key, value] : wanted.items()) {
      if (!found.contains(key) || !fits(value, found[key])) return false;
    }
    return true;
  }
  if (wanted.is_array()) {
    if (!found.is_array() || wanted.size() != found.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!fits(wanted[i], found[i])) return false;
    }
    return true;
  }
  return wanted == found;
}

/// Every text in `value`, keys too.
inline void collect_texts(const Json& value, std::string& out) {
  if (value.is_string()) out += value.get<std::string>() + "\n";
  if (!value.is_structured()) return;
  for (const auto& [key, member] : value.items()) {
    if (value.is_object()) out += key + "\n";
    collect_texts(member, out);
  }
}

/// The padding is dropped; the alphabet is RFC 4648's.
inline std::string decode_base64(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

}  // namespace mayday::test
