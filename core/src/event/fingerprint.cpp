#include "mayday/event/fingerprint.h"

#include <array>

#include "mayday/base/hash.h"

namespace mayday {
namespace {

constexpr std::uint8_t word_bit = 1;
constexpr std::uint8_t digit_bit = 2;
constexpr std::uint8_t hex_bit = 4;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const int lower = c | 0x20;
    const bool digit = c >= '0' && c <= '9', letter = lower >= 'a' && lower <= 'z';
    if (digit || letter || c == '_') classes[c] |= word_bit;
    if (digit) classes[c] |= digit_bit;
    if (digit || (letter && lower <= 'f')) classes[c] |= hex_bit;
  }
  return classes;
}

constexpr std::array<std::uint8_t, 256> classes = make_classes();

std::uint8_t class_of(char c) { return classes[static_cast<std::uint8_t>(c)]; }
bool is_word(char c) { return class_of(c) & word_bit; }

std::uint64_t hash_without_digits(std::string_view word, std::uint64_t hash) {
  for (char c : word) {
    if (!is_digit(c)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01b3;
  }
  return mix(hash);
}

/// Words that change from build to build or from user to user (numbers, hex runs, opaque ids of letters and digits) count
/// as one mark; the others as they are, without the digits in them.
std::uint64_t add_normalised(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t variable = 0x23;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at, digits = 0;
    std::uint8_t common = hex_bit;
    for (; end < text.size() && is_word(text[end]); ++end) {
      common &= class_of(text[end]);
      digits += class_of(text[end]) >> 1 & 1;
    }
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (word.empty()) {
      hash = (hash ^ static_cast<std::uint8_t>(text[at++])) * 0x100'0000'01b3;
    } else if (digits == 0) {
      hash = hash_bytes(word, hash);
    } else if (digits * 2 >= word.size() || (common == hex_bit && word.size() >= 6) || word.size() >= 16) {
      hash = mix(hash ^ variable);
    } else {
      hash = hash_without_digits(word, hash);
    }
  }
  return hash;
}

/// The next quote that opens something; the apostrophe of "can't" does not.
std::size_t find_quote(std::string_view text) {
  std::size_t at = text.find_first_of("\"'`");
  while (at != std::string_view::npos && at > 0 && is_word(text[at - 1])) at = text.find_first_of("\"'`", at + 1);
  return at;
}

/// A message: what stands between quotes is a value, not the sentence.
std::uint64_t hash_of_message(std::string_view text) {
  std::uint64_t hash = 0;
  while (!text.empty()) {
    const std::size_t open = find_quote(text);
    const std::size_t close = open == std::string_view::npos ? open : text.find(text[open], open + 1);
    if (close == std::string_view::npos) break;
    hash = mix(add_normalised(hash, text.substr(0, open)) ^ '"');
    text.remove_prefix(close + 1);
  }
  return mix(add_normalised(hash, text) + 1);
}

struct Frame {
  std::string_view function, file;
};

/// The file's name in `.../file.abc123.js?x:10:20)`, without folders, query and position.
std::string_view file_name(std::string_view location) {
  while (!location.empty() && (is_digit(location.back()) || location.back() == ':' || location.back() == ')')) {
    location.remove_suffix(1);
  }
  std::size_t begin = location.size();
  while (begin > 0 && location[begin - 1] != '/') --begin;
  location.remove_prefix(begin);
  return location.substr(0, location.find('?'));
}

/// `at f (location)` and `at location` of V8, `f@location` of Firefox and Safari. No file where the line is no frame.
Frame frame_of(std::string_view line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("at ")) {
    line.remove_prefix(3);
    const std::size_t open = line.find('(');
    if (open == std::string_view::npos || open == 0) return {{}, file_name(line)};
    return {line.substr(0, open - 1), file_name(line.substr(open + 1))};
  }
  const std::size_t at = line.find('@');
  if (at == std::string_view::npos || !is_digit(line.back())) return {};
  return {line.substr(0, at), file_name(line.substr(at + 1))};
}

}  // namespace

void Fingerprint::add_type(std::string_view type) { type_ = hash_bytes(type, 1); }

void Fingerprint::add_message(std::string_view message) { message_ = hash_of_message(message); }

void Fingerprint::add_error_message(std::string_view message) { error_message_ = hash_of_message(message); }

void Fingerprint::add_stack_line(std::string_view line) {
  if (frames_ == frames_max) return;
  const Frame frame = frame_of(line);
  if (frame.file.empty()) return;
  // A minifier's names are short and change with every build.
  const std::uint64_t function = frame.function.size() > 2 ? add_normalised(1, frame.function) : 0;
  ++frames_;
  stack_ = mix(stack_ ^ add_normalised(function, frame.file));
}

std::uint64_t Fingerprint::value() const {
  // The error's own message says what the event's repeats, often with a prefix of the reporter's.
  const std::uint64_t message = error_message_ != 0 ? error_message_ : message_;
  return mix(mix(mix(type_) ^ message) ^ stack_);
}

}  // namespace mayday
