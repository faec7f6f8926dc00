#include "redact_rules.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t local_bytes_max = 64;  // RFC 5321, section 4.5.3.1.1
constexpr std::size_t domain_bytes_max = 255;

/// Endings that look like a top-level domain and are files: `logo@2x.png`, `render@app.js`. Those that are both (`rs`,
/// `py`) are told by the position behind them.
constexpr std::string_view file_endings =
    " js mjs cjs jsx ts mts cts tsx css scss less png jpg jpeg gif svg webp avif ico map wasm html htm json vue svelte "
    "xml "
    "yml yaml toml txt log pdf csv tgz gz jar dll exe bin php jsp aspx cs java kt rb swift go bundle jsbundle min lock "
    "tar "
    "woff ttf mp3 "
    "service socket timer mount target slice scope ";  // systemd's units, with an instance behind the sign

constexpr bool is_local(char c) {
  return is(c, alnum_class | dash_class | dot_class | local_sign_class | past_ascii_class);
}

/// A label of letters of one case, but for its first: `onCreate` is a method's name. Or punycode.
bool is_top_level_domain(std::string_view label) {
  if (label.starts_with("xn--")) return true;
  if (label.size() < 2 || Words(label).any_in(file_endings)) return false;
  bool small = false, capital_inside = false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (!is_alpha(label[i]) && !is_past_ascii(label[i])) return false;
    small = small || is_lower(label[i]);
    capital_inside = capital_inside || (i > 0 && is_upper(label[i]));
  }
  return !(small && capital_inside);
}

/// `2x` of an image, `1` or `v1` of a version.
bool is_scale_or_version(std::string_view label) {
  if (label.starts_with('v')) label.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < label.size() && is_digit(label[digits])) ++digits;
  if (digits == 0 || digits > 2) return false;
  return digits == label.size() || (digits + 1 == label.size() && label[digits] == 'x');
}

/// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321, section 4.1.3).
std::size_t literal_end(const Text& text, std::size_t begin) {
  std::size_t at = begin + 1;
  if (has_word(text, at, "ipv6:")) at += 5;
  const std::size_t first = at;
  while (at - first < 46 && (is_hex(text.at(at)) || text.at(at) == '.' || text.at(at) == ':')) ++at;
  return at - first >= 7 && text.at(at) == ']' ? at + 1 : begin;
}

/// Where the domain that begins at `begin` ends; `begin` itself where there is none. A dot or dash at its end is the
/// sentence's.
std::size_t domain_end(const Text& text, std::size_t begin) {
  if (text.at(begin) == '[') return literal_end(text, begin);
  std::size_t end = begin;
  std::size_t label = begin;
  std::size_t last_good = begin;
  const auto note_label = [&] {
    const std::string_view found = text.piece(label, end);
    if (label > begin && is_top_level_domain(found)) last_good = end;
    return label > begin || !is_scale_or_version(found);
  };
  for (; end < text.size() && end - begin < domain_bytes_max; ++end) {
    const char c = text.bytes[end];
    if (c == '.') {
      if (end == label) return last_good;
      if (!note_label()) return begin;
      label = end + 1;
    } else if (!is_alnum(c) && c != '-' && !is_past_ascii(c)) {
      break;
    }
  }
  if (end == label) return last_good;
  const std::string_view last = text.piece(label, end);
  const std::size_t dash = last.starts_with("xn--") ? std::string_view::npos : last.find('-');
  if (dash != std::string_view::npos) end = label + dash;
  const std::size_t before = last_good;
  note_label();
  // A method or a number behind the dot: `render@Cart.Item.onClick`, `pkg@next.12`.
  const bool is_name =
      last_good == before && (is_upper(text.bytes[label]) || is_lower(text.bytes[label]) || is_digit(last[0]));
  return is_name && dash == std::string_view::npos ? begin : last_good;
}

/// `:12` or `:12:34`: the position of a frame whose file looks like a domain.
bool is_position(const Text& text, std::size_t at) {
  for (int part = 0; part < 2; ++part) {
    if (text.at(at) != ':' || !is_digit(text.at(at + 1))) return false;
    for (++at; is_digit(text.at(at)); ++at) {
    }
  }
  return true;
}

/// The address whose local part ends at `local_end` and whose domain begins at `domain`.
Match address(const Text& text, std::size_t local_end, std::size_t domain) {
  std::size_t begin = local_end;
  while (begin > text.floor && local_end - begin < local_bytes_max) {
    const char c = text.bytes[begin - 1];
    if (!is_local(c) && !(is(c, inner_sign_class) && begin < local_end && is_alnum(text.bytes[begin]) &&
                          is_alnum(text.before(begin - 1))))
      break;
    --begin;
  }
  // A piece of UTF-8 is not cut in its middle.
  while (begin < local_end && (static_cast<std::uint8_t>(text.bytes[begin]) & 0xc0) == 0x80) ++begin;
  while (begin < local_end && (text.bytes[begin] == '.' || text.bytes[begin] == '-')) ++begin;
  if (begin == local_end) return {};
  const std::size_t end = domain_end(text, domain);
  if (end == domain || is_position(text, end)) return {};
  // git's own spelling of a repository, `git@host:path`, names nobody.
  if (text.piece(begin, local_end) == "git") return {};
  return {.begin = begin, .end = end, .kind = Secret::email};
}

}  // namespace

Match find_email(const Text& text, std::size_t at) { return address(text, at, at + 1); }

Match find_encoded_email(const Text& text, std::size_t at) {
  if (text.at(at) == '%') {
    for (std::string_view sign : {"%40", "%2540"}) {
      if (text.has(at, sign)) return address(text, at, at + sign.size());
    }
  } else if (text.at(at) == '#') {
    for (std::string_view sign : {"#64;", "#x40;", "#064;"}) {
      if (text.before(at) == '&' && text.has(at, sign)) return address(text, at - 1, at + sign.size());
    }
  } else if (text.has(at, "\\u0040") || text.has(at, "\\x40")) {
    return address(text, at, at + (text.at(at + 1) == 'u' ? 6 : 4));
  }
  return {};
}

}  // namespace mayday::redaction
