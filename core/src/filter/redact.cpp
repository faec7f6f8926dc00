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

// What may betray a secret. Grouped so that a group's nibbles cross into little else: `Z`, `z`, and two letters that are no
// token's.
constexpr Set at_sign{one_of("@")};
constexpr Set separators{one_of(":;<=>?[\\]^_{|}~")};  // Before a value, a number, or in a URL.
constexpr Set signs{one_of("#%-")};
constexpr Set query_or_key{one_of("?_")};
constexpr Set fragment{one_of("#")};
constexpr Set percent{one_of("%"), one_of("24"), one_of("05")};
constexpr Set dashes{one_of("-"), one_of("-"), one_of("-")};
constexpr Set web_token{one_of("e"), one_of("y"), one_of("J")};
constexpr Set dotted_keys{one_of("eySv"), one_of("yaGsbr"), one_of("J2.")};           // eyJ ya2 SG. (h)vs.
constexpr Set capital_keys{one_of("AELS"), one_of("KSBCTAI"), one_of("IACzabcdef")};  // AKI AIz ATA EAA LTA SKa
constexpr Set schemes{one_of("bBd "), one_of("eEaAi"), one_of("aAsSp")};              // bearer, basic, dapi; ` is`
constexpr Set number{{0xffff, 0xff00 | 1 << 2 | 1 << 0}, digit};  // Behind a space, a quote, a bracket, a line's end.
constexpr Set account{{0xffff, 0xf << 4}, {0xffff, 0xf << 4}, digit};

/// Prose: every kind.
constexpr bytes::TripleSets prose_sets =
    make_sets(std::array{at_sign, separators, signs, dotted_keys, capital_keys, schemes, number, account});
/// A frame's numbers are positions and its colons stand before them.
constexpr bytes::TripleSets frame_sets =
    make_sets(std::array{at_sign, query_or_key, fragment, percent, dashes, web_token, capital_keys});
/// An identifier's numbers are its own.
constexpr bytes::TripleSets identifier_sets =
    make_sets(std::array{at_sign, Set{one_of("_")}, signs, dotted_keys, capital_keys});

constexpr const bytes::TripleSets& sets_of(schema::Profile profile) {
  switch (profile) {
    case schema::Profile::stack_line: return frame_sets;
    case schema::Profile::identifier: return identifier_sets;
    default: return prose_sets;
  }
}

constexpr bool is_prose(schema::Profile profile) {
  return profile != schema::Profile::stack_line && profile != schema::Profile::identifier;
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

/// The places of a text that may betray a secret, in their order. Sixteen at a time, while that many bytes may be read:
/// `readable` from the text's start.
class Candidates {
 public:
  Candidates(std::string_view text, std::size_t readable, const bytes::TripleSets& sets)
      : text_(text), readable_(readable), sets_(sets), scan_(sets) {}

  /// The next place, or the text's size.
  std::size_t next() {
    while (mask_ == 0) {
      // A triple ends two bytes behind its start, perhaps behind the text.
      if (block_ >= text_.size() + 2) return text_.size();
      if (block_ + bytes::block_bytes > readable_) return next_by_byte();
      mask_ = scan_.next(text_.data() + block_);
      block_ += bytes::block_bytes;
    }
    const std::size_t found = block_ - bytes::block_bytes - 2 + static_cast<std::size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return found < text_.size() ? found : text_.size();
  }

 private:
  std::size_t next_by_byte() {
    std::size_t at = by_byte_ > 0 ? by_byte_ : block_ > 2 ? block_ - 2 : 0;
    const char* end = text_.data() + text_.size();
    while (at < text_.size() && !bytes::is_triple(text_.data() + at, end, sets_)) ++at;
    by_byte_ = at + 1;
    return at;
  }

  std::string_view text_;
  std::size_t readable_;
  const bytes::TripleSets& sets_;
  bytes::TripleScan scan_;
  std::uint32_t mask_ = 0;
  std::size_t block_ = 0;    ///< Where the next block begins.
  std::size_t by_byte_ = 0;  ///< Where the bytewise search goes on.
};

/// Whether there is any such place. By far the most texts have none, so this is a loop of its own.
bool has_candidate(std::string_view text, std::size_t readable, const bytes::TripleSets& sets) {
  bytes::TripleScan scan(sets);
  std::size_t block = 0;
  for (; block < text.size() + 2 && block + bytes::block_bytes <= readable; block += bytes::block_bytes) {
    if (scan.next(text.data() + block) != 0) return true;
  }
  const char* end = text.data() + text.size();
  for (std::size_t at = block > 2 ? block - 2 : 0; at < text.size(); ++at) {
    if (bytes::is_triple(text.data() + at, end, sets)) return true;
  }
  return false;
}

class Scan {
 public:
  Scan(std::string_view bytes, schema::Profile profile, Buffer& out)
      : text_{bytes}, profile_(profile), prose_(is_prose(profile)), out_(out) {}

  Redaction run(Candidates candidates) {
    if (profile_ == schema::Profile::path) strip_query();
    // The sets look at a number from the byte before it: the first has none.
    if (prose_ && is_digit(text_.at(0))) take(find_number(text_, 0));
    for (std::size_t at = candidates.next(); at < text_.size(); at = candidates.next()) inspect(at);
    if (result_.changed) out_.append(text_.bytes.substr(text_.floor));
    return result_;
  }

 private:
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

  /// What `at` betrays, else the number behind it.
  Match find(std::size_t at) {
    const Match match = is_alpha(text_.bytes[at]) ? find_at_letter(at) : find_at_sign(at);
    return match.found() || !prose_ || !is_digit(text_.at(at + 1)) ? match : find_number(text_, at + 1);
  }

  Match find_at_sign(std::size_t at) {
    switch (text_.bytes[at]) {
      case '@': return find_at_commercial_at(at);
      case ':': return find_at_colon(at);
      case '=':
      case '>':
      case ' ': return or_pair({}, at);
      case '%': return find_at_percent(at);
      case '\\': return find_encoded_email(text_, at);
      case '?': return find_query(text_, at, url_);
      case '#': return find_at_hash(at);
      case '_': return find_prefixed_key(text_, at);
      case '-': return find_at_dash(at);
      case '+':
      case '(': return find_phone(text_, at);
      default: return {};
    }
  }

  Match find_at_percent(std::size_t at) const {
    if (prose_ && (text_.has(at, "%2B") || text_.has(at, "%2b"))) return find_phone(text_, at);
    return or_pair(find_encoded_email(text_, at), at);
  }

  Match or_pair(const Match& match, std::size_t at) const {
    return match.found() || !prose_ ? match : find_pair(text_, at);
  }

  Match find_at_commercial_at(std::size_t at) const {
    const Match userinfo = find_userinfo(text_, at);
    return userinfo.found() ? userinfo : find_email(text_, at);
  }

  Match find_at_colon(std::size_t at) {
    if (!prose_) return {};
    if (text_.at(at + 1) == '/' && text_.at(at + 2) == '/') {
      return at < url_.end ? Match{} : find_url_secret(text_, at, url_);
    }
    const Match pair = find_pair(text_, at);
    if (pair.found()) return pair;
    const Match address = find_ipv6(text_, at);
    return address.found() ? address : find_bot_token(text_, at);
  }

  Match find_at_hash(std::size_t at) {
    const Match email = find_encoded_email(text_, at);
    return email.found() ? email : find_query(text_, at, url_);
  }

  Match find_at_dash(std::size_t at) const {
    if (text_.at(at + 1) != '-') return find_prefixed_key(text_, at);
    return text_.at(at + 2) == '-' || !prose_ ? find_private_key(text_, at) : find_flag(text_, at);
  }

  Match find_at_letter(std::size_t at) const {
    const Match token = find_token(text_, at);
    if (token.found() || !prose_) return token;
    return find_iban(text_, at);
  }

  void take(const Match& match) {
    if (!match.found()) return;
    if (!result_.changed) result_ = {.changed = true, .first = match.kind};
    result_.key_is_open =
        match.kind == Secret::private_key && text_.bytes.substr(match.begin).find("-----END") == std::string_view::npos;
    out_.append(text_.piece(text_.floor, match.begin));
    if (match.leaves_mark) {
      out_.append("[redacted:");
      out_.append(to_string(match.kind));
      out_.append(']');
    }
    text_.floor = match.end;
  }

  Text text_;
  schema::Profile profile_;
  bool prose_;
  Buffer& out_;
  Redaction result_;
  UrlScan url_;
};

}  // namespace

}  // namespace redaction

Redaction redact(std::string_view text, schema::Profile profile, Buffer& out, std::size_t slack) {
  using namespace redaction;
  if (text.empty()) return {};
  if (profile == schema::Profile::stack_line && !is_frame(text)) profile = schema::Profile::message;
  const bytes::TripleSets& sets = sets_of(profile);
  const std::size_t readable = text.size() + slack;
  const bool begins_with_number = is_prose(profile) && is_digit(text.front());
  if (!begins_with_number && !has_candidate(text, readable, sets)) return {};
  return Scan(text, profile, out).run(Candidates(text, readable, sets));
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
    case Secret::token: return "token";
    case Secret::private_key: return "private_key";
    case Secret::password: return "password";
    case Secret::query: return "query";
    case Secret::userinfo: return "userinfo";
  }
  return "secret";
}

}  // namespace mayday
