#include "mayday/event/fingerprint.h"

#include "mayday/base/hash.h"

namespace mayday {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
constexpr bool is_word(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_'; }

/// How many characters of `word` are digits: hex runs are told from words by them.
std::size_t digits_in(std::string_view word) {
  std::size_t count = 0;
  for (char c : word) count += is_digit(c);
  return count;
}

bool is_hex_run(std::string_view word) {
  for (char c : word) {
    if (!is_hex(c)) return false;
  }
  return word.size() >= 6 && digits_in(word) > 0;
}

/// Words that change from build to build or from user to user count as one character; the others as they are.
void add_normalised(Fnv1a& hash, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end == at) {
      hash.add(text[at++]);
      continue;
    }
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (is_hex_run(word) || digits_in(word) * 2 >= word.size()) {
      hash.add('#');
    } else if (digits_in(word) != 0 && word.size() >= 16) {
      hash.add('#');  // An opaque id: letters and digits without end.
    } else {
      for (char c : word) {
        if (!is_digit(c)) hash.add(c);
      }
    }
  }
}

/// The next quote that opens something; the apostrophe of "can't" does not.
std::size_t find_quote(std::string_view text) {
  std::size_t at = text.find_first_of("\"'`");
  while (at != std::string_view::npos && at > 0 && is_word(text[at - 1])) at = text.find_first_of("\"'`", at + 1);
  return at;
}

/// A message: what stands between quotes is a value, not the sentence.
std::uint64_t hash_of_message(std::string_view text) {
  Fnv1a hash;
  while (!text.empty()) {
    const std::size_t open = find_quote(text);
    const std::size_t close = open == std::string_view::npos ? open : text.find(text[open], open + 1);
    if (close == std::string_view::npos) break;
    add_normalised(hash, text.substr(0, open));
    hash.add('"');
    text.remove_prefix(close + 1);
  }
  add_normalised(hash, text);
  return mix(hash.value);
}

/// `file.abc123.js?x:10:20` without query, position, host, and folders.
std::string_view file_name(std::string_view location) {
  const std::size_t query = location.find_first_of("?#");
  location = location.substr(0, query);
  while (!location.empty() && (is_digit(location.back()) || location.back() == ':' || location.back() == ')')) {
    location.remove_suffix(1);
  }
  const std::size_t slash = location.rfind('/');
  return slash == std::string_view::npos ? location : location.substr(slash + 1);
}

struct Frame {
  std::string_view function, location;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// `at f (location)` and `at location` of V8, `f@location` of Firefox and Safari. Empty where the line is no frame.
Frame frame_of(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with("at ")) {
    line.remove_prefix(3);
    const std::size_t open = line.rfind(" (");
    if (open == std::string_view::npos) return {{}, line};
    return {line.substr(0, open), line.substr(open + 2)};
  }
  const std::size_t at = line.find('@');
  if (at == std::string_view::npos || line.empty() || !is_digit(line.back())) return {};
  return {line.substr(0, at), line.substr(at + 1)};
}

}  // namespace

void Fingerprint::add_type(std::string_view type) {
  Fnv1a hash;
  hash.add(type);
  type_ = mix(hash.value + 1);
}

void Fingerprint::add_message(std::string_view message) { message_ = hash_of_message(message); }

void Fingerprint::add_error_message(std::string_view message) { error_message_ = hash_of_message(message); }

void Fingerprint::add_stack_line(std::string_view line) {
  if (frames_ == frames_max) return;
  const Frame frame = frame_of(line);
  if (frame.location.empty()) return;
  Fnv1a hash;
  // A minifier's names are short and change with every build.
  if (frame.function.size() > 2) add_normalised(hash, frame.function);
  hash.add('@');
  add_normalised(hash, file_name(frame.location));
  ++frames_;
  stack_ = mix(stack_ ^ hash.value);
}

std::uint64_t Fingerprint::value() const {
  // The error's own message says what the event's repeats, often with a prefix of the reporter's.
  const std::uint64_t message = error_message_ != 0 ? error_message_ : message_;
  return mix(mix(mix(type_) ^ message) ^ stack_);
}

}  // namespace mayday
