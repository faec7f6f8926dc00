#include "mayday/client/scrub.h"

#include "mayday/base/utf8.h"
#include "mayday/filter/redact_page.h"

namespace mayday {
namespace {

/// A little past the edge's longest text, so that the edge sees that it was cut, and says so.
constexpr std::size_t text_code_points_max = 520;

/// Spells a text as JSON does, with no more escapes than it must have: the edge adds those that its readers need.
void append_spelled(Buffer& out, std::string_view text) {
  for (const char c : text) {
    const bool control = static_cast<std::uint8_t>(c) < 0x20;
    if (control) out.append("\\u00");
    if (control) out.append(static_cast<char>('0' + (c >> 4)));
    if (c == '"' || c == '\\') out.append('\\');
    out.append(control ? "0123456789abcdef"[c & 15] : c);
  }
}

/// Reads one event token by token: everything but values that are texts is copied.
class Scrubber {
 public:
  Scrubber(std::string_view json, Buffer& out, Buffer& scratch) : json_(json), out_(out), scratch_(scratch) {}

  bool run() {
    while (at_ < json_.size()) {
      const char c = json_[at_++];
      out_.append(c);
      if (c == '"' && !string()) return false;
    }
    return json_.size() > 1 && json_.front() == '{' && json_.back() == '}';
  }

 private:
  /// Behind a quote: a name is remembered, a value redacted. Ends with its closing quote copied.
  bool string() {
    const std::size_t start = at_;
    scratch_.clear();
    for (char c = next(); c != '"'; c = next()) {
      if (at_ > json_.size()) return false;
      if (c == '\\') {
        escape();
      } else {
        scratch_.append(c);
      }
    }
    if (at_ > json_.size()) return false;
    const bool is_name = at_ < json_.size() && json_[at_] == ':';
    if (is_name) key_ = json_.substr(start, at_ - 1 - start);
    append_spelled(out_, is_name ? scratch_.view() : clean(scratch_.view()));
    out_.append('"');
    return true;
  }

  char next() { return at_ < json_.size() ? json_[at_++] : (++at_, '\0'); }

  /// Behind a backslash. JSON.stringify spells controls so, and lone surrogates, which are replaced.
  void escape() {
    const char c = next();
    char32_t code_point = static_cast<std::uint8_t>(c);
    constexpr std::string_view controls = "btn?fr";  // From 8 on.
    for (std::size_t i = 0; i < controls.size(); ++i) {
      if (c == controls[i]) code_point = static_cast<char32_t>(8 + i);
    }
    if (c == 'u') {
      code_point = 0;
      for (int i = 0; i < 4; ++i) {
        const char digit = next();
        code_point = code_point << 4 | static_cast<char32_t>((digit <= '9' ? digit : digit + 9) & 15);
      }
    }
    scratch_.commit(utf8::encode(code_point, scratch_.claim(4)));
  }

  std::string_view clean(std::string_view text) {
    if (is_secret_in_page(key_)) return "[redacted:secret]";
    redacted_.clear();
    redact_in_page(text, profile_in_page(key_), redacted_);
    return utf8::prefix(redacted_.view(), text_code_points_max);
  }

  std::string_view json_;
  Buffer& out_;
  Buffer& scratch_;
  Buffer redacted_;
  std::string_view key_;
  std::size_t at_ = 0;
};

}  // namespace

bool scrub(std::string_view json, Buffer& out, Buffer& scratch) { return Scrubber(json, out, scratch).run(); }

}  // namespace mayday
