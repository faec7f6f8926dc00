#include "pattern.h"

#include <algorithm>

#include "mayday/base/bytes.h"
#include "mayday/filter/redact.h"

namespace mayday::redaction {

/// 0 at the text's edges, where nothing fits.
inline char Matcher::byte() const {
  if (backwards_) return at_ > floor ? text[at_ - 1] : '\0';
  return at_ < text.size() ? text[at_] : '\0';
}

namespace {

/// True if the byte is the literal, or of the class, that the code says.
inline bool fits(std::uint8_t code, char c) {
  if (c == '\0') return false;
  if (code < code::first_class)
    return c == static_cast<char>(code) || ((c | 0x20) == code && code >= 'a' && code <= 'z');
  const std::uint16_t mask = pattern_classes[code - code::first_class];
  return ((classes_of(c) & mask) != 0) != (mask >= none_of);
}

}  // namespace

inline bool Matcher::step(std::uint8_t code) {
  if (!fits(code, byte())) return false;
  at_ += backwards_ ? std::size_t{0} - 1 : 1;
  return true;
}

bool Matcher::sequence(const std::uint8_t* code, const std::uint8_t* end_of_it) {
  while (code < end_of_it) {
    if (*code >= code::first_literal) {
      if (!step(*code++)) return false;
    } else if (*code == code::negate && code[1] >= code::first_literal) {
      if (fits(code[1], byte())) return false;
      code += 2;
    } else {
      if (!element(code)) return false;
      code = code::behind(code);
    }
  }
  return true;
}

bool Matcher::repeat(const std::uint8_t* code) {
  const std::size_t least = code[1], most = code[2] == code::unbounded ? text.size() + 1 : code[2];
  std::size_t count = 0;
  if (code[3] >= code::first_class) {
    // Most of what is read is read here.
    const std::uint16_t mask = pattern_classes[code[3] - code::first_class];
    const std::size_t room = std::min(most, backwards_ ? at_ - floor : text.size() - at_);
    for (; count < room; ++count) {
      const char c = text[backwards_ ? at_ - 1 - count : at_ + count];
      if (c == '\0' || ((classes_of(c) & mask) != 0) == (mask >= none_of)) break;
    }
    at_ = backwards_ ? at_ - count : at_ + count;
  } else if (code[3] >= code::first_literal) {
    while (count < most && step(code[3])) ++count;
  } else {
    while (count < most && element(code + 3)) ++count;
  }
  return count >= least;
}

bool Matcher::element(const std::uint8_t* code) {
  const std::size_t start = at_;
  bool found = false;
  switch (*code) {
    case code::repeat: found = repeat(code); break;
    case code::group: {
      const std::size_t first = begin, last = end;
      for (const std::uint8_t* stop = code::skip(++code); code < stop && !found;) {
        const std::uint8_t* next = code::skip(code);
        // Most fail at their first byte.
        const std::uint8_t wanted = *code == code::repeat && code[1] > 0 ? code[3] : *code;
        if (code == next || wanted < code::first_literal || fits(wanted, byte())) {
          found = sequence(code, next);
          if (!found) at_ = start, begin = first, end = last;
        }
        code = next;
      }
      break;
    }
    case code::negate:
    case code::peek:
    case code::back: {
      const bool turned = *code == code::back, negated = *code == code::negate;
      backwards_ = backwards_ != turned;
      found = element(code + 1) != negated;
      backwards_ = backwards_ != turned;
      at_ = start;
      break;
    }
    case code::begin: begin = at_; return true;
    case code::finish: end = at_; return true;
    case code::call: found = checks_(*this, code[1]); break;
    case code::digits: found = digits(code[1], code[2]); break;
    case code::set:
      for (std::size_t i = 0; i < code[1] && !found; ++i) found = step_exact(code[2 + i]);
      break;
    case code::exact: found = step_exact(code[1]); break;
    default: found = step(*code);
  }
  if (!found) at_ = start;
  return found;
}

bool Matcher::step_exact(std::uint8_t wanted) {
  const char c = byte();
  if (c == '\0' || static_cast<std::uint8_t>(c) != wanted) return false;
  at_ += backwards_ ? std::size_t{0} - 1 : 1;
  return true;
}

bool Matcher::has(std::size_t i, std::string_view part) const {
  return i <= text.size() && text.size() - i >= part.size() && bytes::equal(text.data() + i, part.data(), part.size());
}

std::size_t Matcher::find(std::string_view part, std::size_t i) const {
  while (i < text.size() && !has(i, part)) ++i;
  return i;
}

bool Matcher::take(Buffer& out) {
  // What is left is UTF-8 too.
  while (begin < end && (static_cast<std::uint8_t>(text[begin]) & 0xc0) == 0x80) ++begin;
  if (begin >= end || begin < floor) return false;
  const auto secret = static_cast<Secret>(kind);
  out.append(piece(floor, begin));
  floor = end;
  if (secret == Secret::userinfo) url_floor = end;
  if (secret == Secret::userinfo || secret == Secret::query) return true;
  out.append("[redacted:");
  out.append(to_string(secret));
  out.append(']');
  return true;
}

bool Matcher::match(const std::uint8_t* code, std::size_t at) {
  at_ = begin = at;
  end = 0;
  if (!element(code)) return false;
  if (end == 0) end = at_;
  return true;
}

}  // namespace mayday::redaction

namespace mayday {

std::string_view to_string(Secret kind) {
  // Behind one another: a table of texts is an address and a size for each.
  static constexpr auto names = [] {
    std::array<char, 160> result{};
    std::size_t size = 0;
    for (const std::string_view name : redaction::kind_names) {
      for (const char c : name) result[size++] = c;
      result[size++] = ' ';
    }
    return result;
  }();
  const char* begin = names.data();
  for (auto left = static_cast<std::uint8_t>(kind); left > 0; ++begin)
    left = static_cast<std::uint8_t>(left - (*begin == ' '));
  const char* end = begin;
  while (*end != ' ') ++end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace mayday
