#include "mayday/client/scrub.h"

#include "mayday/base/json_writer.h"
#include "mayday/base/utf8.h"
#include "mayday/filter/redact.h"

namespace mayday {
namespace {

/// A little past the edge's longest text, so that the edge sees that it was cut, and says so.
constexpr std::size_t text_code_points_max = 520;

schema::Profile profile_of(std::string_view key) {
  if (key == "stack") return schema::Profile::stack_line;
  if (key == "route") return schema::Profile::path;
  return key.ends_with("_id") ? schema::Profile::identifier : schema::Profile::message;
}

/// Reads four hex digits; what is none counts as 0, for JSON.stringify writes no other.
char32_t hex4(std::string_view digits) {
  char32_t value = 0;
  for (char c : digits) value = value << 4 | static_cast<char32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return value & 0xffff;
}

/// What an escape stands for, and how long it is. A lone surrogate, the only one that JSON.stringify escapes, is replaced.
char32_t unescape(std::string_view text, std::size_t& length) {
  length = 2;
  switch (const char c = text.size() > 1 ? text[1] : '\0'; c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'u': length = 6; return hex4(text.substr(2, 4));
    default: return static_cast<char32_t>(c);
  }
}

class Scrubber {
 public:
  Scrubber(std::string_view json, Buffer& out, Buffer& scratch) : json_(json), out_(out), scratch_(scratch) {}

  bool run() {
    while (at_ < json_.size()) {
      const std::size_t quote = json_.find('"', at_);
      out_.append(json_.substr(at_, quote - at_));
      if (quote == std::string_view::npos) break;
      at_ = quote;
      if (!string()) return false;
    }
    return json_.size() > 1 && json_.front() == '{' && json_.back() == '}';
  }

 private:
  /// At a quote: a name is remembered, a value redacted.
  bool string() {
    std::size_t end = at_ + 1;
    bool plain = true;
    while (end < json_.size() && json_[end] != '"') {
      if (json_[end] == '\\') plain = false, ++end;
      ++end;
    }
    if (end >= json_.size()) return false;
    const std::string_view text = json_.substr(at_ + 1, end - at_ - 1);
    const std::string_view whole = json_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    const bool is_name = at_ < json_.size() && json_[at_] == ':';
    if (is_name) key_ = text;
    if (is_name || !redacted(plain ? text : decoded(text))) out_.append(whole);
    return true;
  }

  /// Writes the text if something of it had to go.
  bool redacted(std::string_view text) {
    scratch_.clear();
    if (schema::is_secret_name(key_) && !key_.ends_with("_id")) return out_.append("\"[redacted:secret]\""), true;
    const bool changed = redact(text, profile_of(key_), scratch_).changed;
    const std::string_view clean = changed ? scratch_.view() : text;
    const std::string_view kept = utf8::prefix(clean, text_code_points_max);
    if (!changed && kept.size() == text.size()) return false;
    json::append_string(out_, kept);
    return true;
  }

  std::string_view decoded(std::string_view text) {
    decoded_.clear();
    while (!text.empty()) {
      const std::size_t escape = text.find('\\');
      decoded_.append(text.substr(0, escape));
      if (escape == std::string_view::npos) break;
      text.remove_prefix(escape);
      std::size_t length = 0;
      const char32_t code_point = unescape(text, length);
      decoded_.commit(utf8::encode(code_point, decoded_.claim(4)));
      text.remove_prefix(length < text.size() ? length : text.size());
    }
    return decoded_.view();
  }

  std::string_view json_;
  Buffer& out_;
  Buffer& scratch_;
  Buffer decoded_;
  std::string_view key_;
  std::size_t at_ = 0;
};

}  // namespace

bool scrub(std::string_view json, Buffer& out, Buffer& scratch) { return Scrubber(json, out, scratch).run(); }

}  // namespace mayday
