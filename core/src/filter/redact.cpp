#include "mayday/filter/redact.h"

#include <array>
#include <bit>

#include "mayday/base/bytes.h"
#include "redact_rules.h"

namespace mayday {
namespace redaction {
namespace {

/// Builds `bytes::TripleSets` from sets of three byte classes, each spelled as the low and the high nibbles it allows.
struct ByteClass {
  std::uint16_t low = 0xffff;   ///< A bit for each low nibble.
  std::uint16_t high = 0xffff;  ///< A bit for each high nibble.
};

constexpr ByteClass any{};
constexpr ByteClass digit{0x03ff, 1 << 3};

/// The smallest class that holds all of `members`.
constexpr ByteClass one_of(std::string_view members) {
  ByteClass result{0, 0};
  for (char c : members) {
    result.low = static_cast<std::uint16_t>(result.low | 1 << (c & 15));
    result.high = static_cast<std::uint16_t>(result.high | 1 << (c >> 4 & 15));
  }
  return result;
}

struct Set {
  ByteClass first, second = any, third = any;
};

template <std::size_t N>
constexpr bytes::TripleSets make_sets(const std::array<Set, N>& sets) {
  static_assert(N <= 8);
  bytes::TripleSets result;
  for (std::size_t bit = 0; bit < N; ++bit) {
    const std::array<ByteClass, 3> classes{sets[bit].first, sets[bit].second, sets[bit].third};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t nibble = 0; nibble < 16; ++nibble) {
        result.low[i][nibble] |= static_cast<std::uint8_t>((classes[i].low >> nibble & 1) << bit);
        result.high[i][nibble] |= static_cast<std::uint8_t>((classes[i].high >> nibble & 1) << bit);
      }
    }
  }
  return result;
}

// What may betray a secret. Grouped so that a group's nibbles cross into little else: `Z`, `]`, and two letters that are
// no token's.
constexpr Set marks{one_of("@`")};
constexpr Set separators{one_of("=?_:")};
constexpr Set fragment{one_of("#")};
constexpr Set keys_and_dashes{one_of("e-"), one_of("y-"), one_of("J-")};
constexpr Set keys{one_of("AxybB"), one_of("KSIoaeE"), one_of("IzxpasSA2")};
constexpr Set number_behind_sign{{0xffff, 1 << 2}, digit};  // Space, quotes, brackets, + , - / and so on.
constexpr Set number_behind_mark{one_of("\n\x0b\x0c\r\x0e\x0f:;<=>?[\\]^{|}~"), digit};
constexpr Set account{{0xffff, 1 << 4 | 1 << 5}, {0xffff, 1 << 4 | 1 << 5}, digit};

/// Prose: every kind.
constexpr bytes::TripleSets prose_sets = make_sets(
    std::array{marks, separators, fragment, keys_and_dashes, keys, number_behind_sign, number_behind_mark, account});
/// A frame's numbers are positions and its colons stand before them.
constexpr bytes::TripleSets frame_sets =
    make_sets(std::array{marks, Set{one_of("?_")}, fragment, keys_and_dashes, keys});
/// An identifier's numbers are its own.
constexpr bytes::TripleSets identifier_sets = make_sets(std::array{marks, Set{one_of("_")}, keys_and_dashes, keys});

constexpr const bytes::TripleSets& sets_of(schema::Profile profile) {
  switch (profile) {
    case schema::Profile::stack_line: return frame_sets;
    case schema::Profile::identifier: return identifier_sets;
    default: return prose_sets;
  }
}

/// A line of a stack that is prose (Chrome's first) is a message; a frame ends in its position or begins with `at`.
bool is_frame(std::string_view line) {
  while (!line.empty() && (is_space(line.front()))) line.remove_prefix(1);
  while (!line.empty() && (is_space(line.back()) || line.back() == ')')) line.remove_suffix(1);
  if (line.starts_with("at ")) return true;
  std::size_t end = line.size();
  while (end > 0 && is_digit(line[end - 1])) --end;
  return end < line.size() && end > 1 && line[end - 1] == ':' && line.find_first_of("/@") != std::string_view::npos;
}

class Scan {
 public:
  Scan(std::string_view bytes, schema::Profile profile, Buffer& out, std::size_t slack)
      : text_{bytes}, readable_end_(bytes.data() + bytes.size() + slack), profile_(profile), out_(out) {}

  Redaction run() {
    if (profile_ == schema::Profile::path) strip_query();
    const bool prose = profile_ != schema::Profile::stack_line && profile_ != schema::Profile::identifier;
    // The sets look at a number from the byte before it: the first has none.
    if (prose && is_digit(text_.at(0))) take(find_number(text_, 0));
    scan(sets_of(profile_));
    if (result_.changed) out_.append(text_.bytes.substr(text_.floor));
    return result_;
  }

 private:
  /// Sixteen places at a time, while that many bytes and the two behind them may be read. What is left of a text with
  /// nothing readable behind it is looked at once more from further ahead, or byte by byte where it is too short.
  void scan(const bytes::TripleSets& sets) {
    const char* start = text_.bytes.data();
    const std::size_t size = text_.size();
    const std::size_t readable = static_cast<std::size_t>(readable_end_ - start);
    std::size_t at = 0;
    for (; at < size && at + bytes::triple_bytes <= readable; at += bytes::block_bytes) {
      const std::size_t rest = size - at;
      scan_block(at, rest < bytes::block_bytes ? ~(~0u << rest) : ~0u, sets);
    }
    if (at >= size) return;
    if (size >= bytes::triple_bytes && at + 2 < size) {
      const std::size_t last = size - bytes::triple_bytes;
      scan_block(last, ~0u << (at - last), sets);
      at = size - 2;
    }
    for (; at < text_.size(); ++at) {
      if (bytes::is_triple(start + at, start + text_.size(), sets)) inspect(at);
    }
  }

  void scan_block(std::size_t block, std::uint32_t places, const bytes::TripleSets& sets) {
    std::uint32_t mask = bytes::triple_mask(text_.bytes.data() + block, sets) & places;
    for (; mask != 0; mask &= mask - 1) {
      inspect(block + static_cast<std::size_t>(std::countr_zero(mask)));
    }
  }

  /// Rare: kept out of the loops, which would each hold a copy of every recognizer.
  [[gnu::noinline]] void inspect(std::size_t at) {
    if (at >= text_.floor) take(find(at));
  }

  /// A path has no query and no fragment, whatever they hold.
  void strip_query() {
    const std::size_t end = text_.bytes.find_first_of("?#");
    if (end == std::string_view::npos) return;
    text_.bytes = text_.bytes.substr(0, end);
    result_ = {.changed = true, .first = Secret::query};
  }

  Match find(std::size_t at) {
    switch (text_.bytes[at]) {
      case '@': return find_at_sign(at);
      case ':': return find_at_colon(at);
      case '=': return first_of(find_pair(text_, at), at);
      case '?':
      case '#': return find_query(text_, at, url_);
      case '_': return find_prefixed_key(text_, at);
      case '-': {
        const Match key = find_private_key(text_, at);
        return key.found() ? key : first_of(key, at);
      }
      case '+':
      case '(': return find_phone(text_, at);
      default: return find_at_letter(at);
    }
  }

  /// `match`, else the number behind `at`.
  Match first_of(const Match& match, std::size_t at) const {
    return match.found() || !is_digit(text_.at(at + 1)) ? match : find_number(text_, at + 1);
  }

  Match find_at_sign(std::size_t at) const {
    const Match userinfo = find_userinfo(text_, at);
    return userinfo.found() ? userinfo : find_email(text_, at);
  }

  Match find_at_colon(std::size_t at) {
    if (profile_ == schema::Profile::stack_line) return {};
    if (text_.at(at + 1) == '/' && text_.at(at + 2) == '/') {
      return at < url_.end ? Match{} : find_url_secret(text_, at, url_);
    }
    const Match pair = find_pair(text_, at);
    if (pair.found()) return pair;
    return first_of(find_ipv6(text_, at), at);
  }

  Match find_at_letter(std::size_t at) const {
    const char c = text_.bytes[at];
    if (!is_alpha(c)) return first_of({}, at);
    const Match token = find_token(text_, at);
    if (token.found() || profile_ == schema::Profile::stack_line || profile_ == schema::Profile::identifier)
      return token;
    return is_upper(c) ? find_iban(text_, at) : token;
  }

  void take(const Match& match) {
    if (!match.found()) return;
    if (!result_.changed) result_ = {.changed = true, .first = match.kind};
    out_.append(text_.bytes.substr(text_.floor, match.begin - text_.floor));
    if (match.leaves_mark) {
      out_.append("[redacted:");
      out_.append(to_string(match.kind));
      out_.append(']');
    }
    text_.floor = match.end;
  }

  Text text_;
  const char* readable_end_;
  schema::Profile profile_;
  Buffer& out_;
  Redaction result_;
  UrlScan url_;
};

}  // namespace

bool has_word(const Text& text, std::size_t at, std::string_view word) {
  if (at + word.size() > text.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text.bytes[at + i]) != word[i]) return false;
  }
  return true;
}

}  // namespace redaction

Redaction redact(std::string_view text, schema::Profile profile, Buffer& out, std::size_t slack) {
  if (profile == schema::Profile::stack_line && !redaction::is_frame(text)) profile = schema::Profile::message;
  return redaction::Scan(text, profile, out, slack).run();
}

std::string_view to_string(Secret kind) {
  switch (kind) {
    case Secret::email: return "email";
    case Secret::phone: return "phone";
    case Secret::card: return "card";
    case Secret::iban: return "iban";
    case Secret::ssn: return "ssn";
    case Secret::ip: return "ip";
    case Secret::jwt: return "jwt";
    case Secret::bearer: return "bearer";
    case Secret::basic: return "basic";
    case Secret::aws: return "aws";
    case Secret::github: return "github";
    case Secret::stripe: return "stripe";
    case Secret::slack: return "slack";
    case Secret::google: return "google";
    case Secret::private_key: return "private_key";
    case Secret::password: return "password";
    case Secret::query: return "query";
    case Secret::userinfo: return "userinfo";
  }
  return "secret";
}

}  // namespace mayday
