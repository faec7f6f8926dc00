#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "redact_classes.h"

/// Patterns: what a secret looks like, as data. A pattern is read where something may betray a secret, and there alone, so a
/// small interpreter does; as code the rules were three times the size, in a module that every page loads.
///
/// They are written like regular expressions and mean what a parsing expression means: the first alternative that fits is
/// taken, and what was repeated is not given back. So each is read in one direction, and none can explode.
///
///     a        the letter in either case; other signs are themselves       \A  the capital letter; \. a sign
///     D L ...  a capital letter is a class of bytes (redact_classes.h)     [a-f.]  one of these bytes, as they are spelled
///     (a|b)    ordered choice                                              ? * + {2} {2,} {2,5}  as often as can be
///     &x !x    x follows, x does not follow; nothing is passed over
///     ~(x)     x stands before this place; x is spelled backwards. It too passes over nothing.
///     < >      what goes begins here, ends here                            %name;  a check, or the kind of the secret
///     #7,15;   a number of so many digits, in groups
namespace mayday::redaction {

namespace code {

enum Op : std::uint8_t { stop, repeat, group, negate, peek, back, begin, finish, call, set, exact, digits };
inline constexpr std::uint8_t first_literal = 0x20;
inline constexpr std::uint8_t first_class = 0x80;
inline constexpr std::uint8_t unbounded = 255;
inline constexpr std::uint8_t long_length = 240;  ///< The first byte of a length in two: what is over it, times 256.

/// Behind the group or alternative whose length stands at `code`, which is put behind the length.
constexpr const std::uint8_t* skip(const std::uint8_t*& code) {
  std::size_t length = *code++;
  if (length >= long_length) length = (length - long_length) << 8 | *code++;
  return code + length;
}

/// Behind the element at `code`.
constexpr const std::uint8_t* behind(const std::uint8_t* code) {
  switch (*code) {
    case repeat: return behind(code + 3);
    case group: return skip(++code);
    case negate:
    case peek:
    case back: return behind(code + 1);
    case call:
    case exact: return code + 2;
    case set: return code + 2 + code[1];
    case digits: return code + 3;
    default: return code + 1;
  }
}

inline constexpr std::uint8_t first_kind = 64;  ///< Of what is called: a kind of secret instead of a check.

}  // namespace code

/// What a pattern may ask beyond its bytes; `Matcher::call` answers. In the order of `Check`.
inline constexpr std::array<std::string_view, 17> check_names{
    "trim",        "made-up",     "random",    "long-run", "luhn",    "mod97", "rewind", "absolute", "in-url",
    "about-phone", "about-other", "about-ssn", "version",  "article", "file",  "once",   "seen"};
enum class Check : std::uint8_t {
  trim,         ///< What goes begins with no dot and no dash.
  made_up,      ///< What goes has a digit in it, or thirty letters.
  random,       ///< What goes is none of prose's words.
  long_run,     ///< What goes has sixteen letters and digits without a sign.
  luhn,         ///< A payment card's number is passed over.
  mod97,        ///< An IBAN is passed over.
  rewind,       ///< Back to where what goes begins.
  absolute,     ///< `://` stands before, in the same URL.
  in_url,       ///< At the floor, behind a URL's user-info.
  about_phone,  ///< The words before what goes speak of a phone,
  about_other,  ///< of a thing whose numbers are no phone's,
  about_ssn,    ///< of a social security number,
  version,      ///< of a version,
  article,      ///< of an article.
  file,         ///< The label before is a file's ending.
  once,         ///< No query's scan came as far as this.
  seen,         ///< One has.
};
inline constexpr std::array<std::string_view, 21> kind_names{
    "email", "phone", "card", "iban", "ssn", "ip", "jwt", "bearer", "basic", "aws", "github", "stripe", "slack",
    "google", "token", "private_key", "password", "query", "userinfo",
    // What a name says of its value, where it is neither.
    "code", "header"};

/// A pattern's code: elements in Polish notation, groups and their alternatives behind their length.
class Compiler {
 public:
  static constexpr std::size_t bytes_max = 2048;

  consteval explicit Compiler(std::string_view text) : text_(text) {
    choice();
    if (at_ != text_.size()) fail();
  }

  std::array<std::uint8_t, bytes_max> bytes{};
  std::size_t size = 0;

 private:
  /// Never defined: a pattern that is wrong does not compile.
  static void fail();

  constexpr char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  constexpr void put(std::size_t byte) {
    if (byte > 255) fail();
    bytes[size++] = static_cast<std::uint8_t>(byte);
  }
  constexpr void insert(std::size_t at, std::size_t byte) {
    for (std::size_t i = size++; i > at; --i) bytes[i] = bytes[i - 1];
    if (byte > 255) fail();
    bytes[at] = static_cast<std::uint8_t>(byte);
  }
  constexpr std::size_t number() {
    std::size_t value = 0;
    while (peek() >= '0' && peek() <= '9') value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
    return value;
  }

  constexpr void put_length(std::size_t start) {
    const std::size_t length = size - start;
    if (length >= code::long_length) insert(start, length & 255);
    insert(start, length < code::long_length ? length : code::long_length + (length >> 8));
  }

  constexpr void choice() {
    put(code::group);
    const std::size_t group = size;
    do {
      const std::size_t start = size;
      while (at_ < text_.size() && peek() != '|' && peek() != ')') element();
      put_length(start);
    } while (peek() == '|' && ++at_ > 0);
    put_length(group);
  }

  constexpr void element() {
    const std::size_t start = size;
    const char c = text_[at_++];
    switch (c) {
      case '!': put(code::negate); return element();
      case '&': put(code::peek); return element();
      case '~': put(code::back); return element();
      case '<': return put(code::begin);
      case '>': return put(code::finish);
      case '%': return named();
      case '#': return range(code::digits);
      case '(':
        choice();
        if (text_[at_++] != ')') fail();
        break;
      case '[': members(); break;
      case '\\': literal(text_[at_++], true); break;
      default: literal(c, false);
    }
    quantifier(start);
  }

  constexpr void literal(char c, bool quoted) {
    if (c >= 'A' && c <= 'Z' && !quoted) return put(std::size_t{code::first_class} + static_cast<std::size_t>(c - 'A'));
    if (static_cast<std::uint8_t>(c) >= 0x80 || (quoted && is_alpha(c))) put(code::exact);
    put(static_cast<std::uint8_t>(c));
  }

  constexpr void members() {
    put(code::set);
    const std::size_t length = size;
    put(0);
    for (bool first = true; first || peek() != ']'; first = false) {
      char c = text_[at_++];
      if (c == '\\') c = text_[at_++];
      put(static_cast<std::uint8_t>(c));
      if (peek() == '-' && text_[at_ + 1] != ']') {
        ++at_;
        for (const char last = text_[at_++]; c < last;) put(static_cast<std::uint8_t>(++c));
      }
    }
    ++at_;
    bytes[length] = static_cast<std::uint8_t>(size - length - 1);
  }

  constexpr void quantifier(std::size_t start) {
    std::size_t least = 0, most = code::unbounded;
    const char c = peek();
    if (c != '?' && c != '*' && c != '+' && c != '{') return;
    ++at_;
    if (c == '?') most = 1;
    if (c == '+') least = 1;
    if (c == '{') {
      least = most = number();
      if (peek() == ',') most = text_[++at_] == '}' ? code::unbounded : number();
      if (text_[at_++] != '}') fail();
    }
    insert(start, code::repeat);
    insert(start + 1, least);
    insert(start + 2, most);
  }

  constexpr void range(std::uint8_t op) {
    put(op);
    put(number());
    if (text_[at_++] != ',') fail();
    put(number());
    if (text_[at_++] != ';') fail();
  }

  constexpr void named() {
    const std::size_t end = text_.find(';', at_);
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end + 1;
    put(code::call);
    for (std::size_t i = 0; i < check_names.size(); ++i) {
      if (check_names[i] == name) return put(i);
    }
    for (std::size_t i = 0; i < kind_names.size(); ++i) {
      if (kind_names[i] == name) return put(code::first_kind + i);
    }
    fail();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

template <std::size_t N>
struct Spelling {
  consteval Spelling(const char (&text)[N]) {  // NOLINT(google-explicit-constructor): it is how a pattern is written.
    for (std::size_t i = 0; i < N; ++i) bytes[i] = text[i];
  }
  consteval std::string_view view() const { return {bytes, N - 1}; }
  char bytes[N]{};
};

/// The code of a pattern, exactly as long as it is.
template <Spelling Text>
inline constexpr auto pattern = [] {
  constexpr std::size_t size = Compiler(Text.view()).size;
  std::array<std::uint8_t, size> result{};
  const Compiler compiled(Text.view());
  for (std::size_t i = 0; i < size; ++i) result[i] = compiled.bytes[i];
  return result;
}();

/// Reads patterns in one text, from `floor`: what is before has been decided.
class Matcher {
 public:
  /// Answers what a pattern calls; which checks there are is the caller's choice.
  using Checks = bool (*)(Matcher&, std::uint8_t);

  explicit Matcher(std::string_view whole, Checks checks = any_check) : text(whole), checks_(checks) {}

  /// True if the pattern fits at `at`. Then `begin`, `end` and `kind` tell what goes.
  [[gnu::noinline]] bool match(const std::uint8_t* code, std::size_t at);

  char at(std::size_t i) const { return i < text.size() ? text[i] : '\0'; }
  /// Every check, and those that the kinds of a page need (redact_page.cpp).
  static bool any_check(Matcher& matcher, std::uint8_t what);
  static bool page_check(Matcher& matcher, std::uint8_t what);
  /// The byte before `i`, or 0 at the floor.
  char before(std::size_t i) const { return i > floor ? text[i - 1] : '\0'; }
  std::string_view piece(std::size_t first, std::size_t last) const { return {text.data() + first, last - first}; }

  /// Writes what is before what goes, and its mark in its place; the floor is behind it then. False where nothing goes.
  [[gnu::noinline]] bool take(Buffer& out);

  /// True if `part` stands at `i`, as it is spelled.
  [[gnu::noinline]] bool has(std::size_t i, std::string_view part) const;
  /// Where `part` stands from `i` on; the text's size if nowhere.
  std::size_t find(std::string_view part, std::size_t i) const;

  std::string_view text;
  std::size_t floor = 0;
  std::size_t begin = 0, end = 0;
  std::uint8_t kind = 0;
  std::size_t url_floor = 0;  ///< The floor, where it stands behind a URL's user-info.

 private:
  bool element(const std::uint8_t* code);
  bool sequence(const std::uint8_t* code, const std::uint8_t* end_of_it);
  bool repeat(const std::uint8_t* code);
  bool step(std::uint8_t code);
  bool step_exact(std::uint8_t wanted);
  char byte() const;
  bool call(std::uint8_t what);
  [[gnu::noinline]] bool digits(std::size_t least, std::size_t most);
  bool luhn();
  bool mod97();
  bool absolute();

  Checks checks_;
  std::size_t at_ = 0;
  bool backwards_ = false;
  std::size_t query_ = 0;  ///< The query that was looked back from last.
  std::size_t seen_ = 0;
};

}  // namespace mayday::redaction
