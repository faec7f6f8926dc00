#include "redact_rules.h"

namespace mayday::redaction {
namespace {

/// What may stand behind a prefix.
enum class Alphabet : std::uint8_t { alnum, base64url, dotted, capitals, hex };

constexpr std::array<std::uint16_t, 5> alphabets{alnum_class, alnum_class | dash_class,
                                                 alnum_class | dash_class | dot_class, upper_class | digit_class,
                                                 hex_letter_class | digit_class};

constexpr std::uint16_t base64url = alnum_class | dash_class;

/// Behind the bytes at `at` that are in `mask`.
[[gnu::noinline]] std::size_t run_end(const Text& text, std::size_t at, int mask) {
  while (at < text.size() && is(text.bytes[at], mask)) ++at;
  return at;
}

/// A key by the prefix that its maker publishes: what must follow, and how much of it at least.
struct Prefix {
  std::string_view spelling;
  std::uint8_t rest_min;
  Secret kind = Secret::token;
  Alphabet alphabet = Alphabet::base64url;
};

/// Told by their first letters: no sign, or a dot, ends these prefixes.
constexpr std::array first_letter_prefixes{
    Prefix{"AKIA", 16, Secret::aws, Alphabet::capitals},
    Prefix{"ASIA", 16, Secret::aws, Alphabet::capitals},
    Prefix{"ABIA", 16, Secret::aws, Alphabet::capitals},
    Prefix{"ACCA", 16, Secret::aws, Alphabet::capitals},
    Prefix{"AIza", 30, Secret::google},
    Prefix{"ya29.", 20, Secret::google, Alphabet::dotted},
    Prefix{"SG.", 40, Secret::token, Alphabet::dotted},       // SendGrid
    Prefix{"SK", 32, Secret::token, Alphabet::hex},           // Twilio
    Prefix{"EAA", 40, Secret::token, Alphabet::base64url},    // Square, Meta
    Prefix{"LTAI", 16, Secret::token, Alphabet::alnum},       // Alibaba Cloud
    Prefix{"ATATT", 40, Secret::token, Alphabet::base64url},  // Atlassian
    Prefix{"ATCTT", 40, Secret::token, Alphabet::base64url},
    Prefix{"dapi", 32, Secret::token, Alphabet::hex},     // Databricks
    Prefix{"hvs.", 20, Secret::token, Alphabet::dotted},  // HashiCorp Vault
    Prefix{"hvb.", 20, Secret::token, Alphabet::dotted},
    Prefix{"hvr.", 20, Secret::token, Alphabet::dotted},
};

/// Told by their first `_` or `-`.
constexpr std::array sign_prefixes{
    Prefix{"ghp_", 30, Secret::github, Alphabet::alnum},
    Prefix{"gho_", 30, Secret::github, Alphabet::alnum},
    Prefix{"ghu_", 30, Secret::github, Alphabet::alnum},
    Prefix{"ghs_", 30, Secret::github, Alphabet::alnum},
    Prefix{"ghr_", 30, Secret::github, Alphabet::alnum},
    Prefix{"github_pat_", 22, Secret::github},
    Prefix{"sk_live_", 10, Secret::stripe},
    Prefix{"sk_test_", 10, Secret::stripe},
    Prefix{"rk_live_", 10, Secret::stripe},
    Prefix{"rk_test_", 10, Secret::stripe},
    Prefix{"pk_live_", 10, Secret::stripe},
    Prefix{"pk_test_", 10, Secret::stripe},
    Prefix{"whsec_", 16, Secret::stripe},
    Prefix{"xoxb-", 10, Secret::slack},
    Prefix{"xoxp-", 10, Secret::slack},
    Prefix{"xoxa-", 10, Secret::slack},
    Prefix{"xoxr-", 10, Secret::slack},
    Prefix{"xoxs-", 10, Secret::slack},
    Prefix{"xoxe-", 10, Secret::slack},
    Prefix{"xoxd-", 10, Secret::slack},
    Prefix{"xoxc-", 10, Secret::slack},
    Prefix{"xapp-", 10, Secret::slack},
    Prefix{"GOCSPX-", 20, Secret::google},
    Prefix{"glpat-", 16},  // GitLab
    Prefix{"gldt-", 16},
    Prefix{"glrt-", 16},
    Prefix{"glptt-", 16},
    Prefix{"glft-", 16},
    Prefix{"glsoat-", 16},
    Prefix{"glcbt-", 16},
    Prefix{"glimt-", 16},
    Prefix{"glagent-", 16},
    Prefix{"sk-ant-", 20},
    Prefix{"sk-proj-", 20},
    Prefix{"sk-", 20},                                   // OpenAI, Anthropic and others
    Prefix{"xai-", 40},                                  // xAI
    Prefix{"gsk_", 40, Secret::token, Alphabet::alnum},  // Groq
    Prefix{"npm_", 30, Secret::token, Alphabet::alnum},
    Prefix{"pypi-", 40},
    Prefix{"hf_", 30, Secret::token, Alphabet::alnum},    // Hugging Face
    Prefix{"dop_v1_", 40, Secret::token, Alphabet::hex},  // DigitalOcean
    Prefix{"doo_v1_", 40, Secret::token, Alphabet::hex},
    Prefix{"dor_v1_", 40, Secret::token, Alphabet::hex},
    Prefix{"shpat_", 24, Secret::token, Alphabet::hex},  // Shopify
    Prefix{"shpss_", 24, Secret::token, Alphabet::hex},
    Prefix{"shpca_", 24, Secret::token, Alphabet::hex},
    Prefix{"shppa_", 24, Secret::token, Alphabet::hex},
    Prefix{"glsa_", 32},  // Grafana
    Prefix{"glc_", 40},
    Prefix{"dckr_pat_", 20},
    Prefix{"lin_api_", 30, Secret::token, Alphabet::alnum},
    Prefix{"PMAK-", 40},
    Prefix{"rzp_live_", 10, Secret::token, Alphabet::alnum},
    Prefix{"rzp_test_", 10, Secret::token, Alphabet::alnum},
    Prefix{"sq0atp-", 20},
    Prefix{"sq0csp-", 30},
    Prefix{"figd_", 30},
    Prefix{"nfp_", 30},
    Prefix{"sntrys_", 40},
    Prefix{"sntryu_", 40},
    Prefix{"sbp_", 40, Secret::token, Alphabet::hex},    // Supabase
    Prefix{"key-", 32, Secret::token, Alphabet::hex},    // Mailgun
    Prefix{"nvapi-", 40},                                // NVIDIA
    Prefix{"ntn_", 40, Secret::token, Alphabet::alnum},  // Notion
    Prefix{"secret_", 20, Secret::token, Alphabet::alnum},
    Prefix{"lsv2_", 40},
};

/// By the length of what stands before a prefix's first sign, a bit for each letter that it may begin with: hardly any word
/// is held against the table.
constexpr std::array<std::uint32_t, 8> sign_prefix_letters = [] {
  std::array<std::uint32_t, 8> letters{};
  for (const Prefix& prefix : sign_prefixes) {
    letters[prefix.spelling.find_first_of("_-")] |= std::uint32_t{1} << (prefix.spelling[0] & 31);
  }
  return letters;
}();

/// A made-up text has a digit; a long one that has none was not read as words for its length.
bool has_digit(std::string_view text) {
  if (text.size() > 128) return true;
  for (char c : text) {
    if (is_digit(c)) return true;
  }
  return false;
}

/// `sk-` begins class names too: a key has 16 letters and digits without a dash.
bool has_long_run(std::string_view text) {
  if (text.size() > 128) return true;
  std::size_t run = 0;
  for (char c : text) {
    run = is_alnum(c) ? run + 1 : 0;
    if (run >= 16) return true;
  }
  return false;
}

Match match_prefix(const Text& text, std::size_t at, const Prefix& prefix) {
  if (!text.has(at, prefix.spelling)) return {};
  const std::size_t begin = at + prefix.spelling.size();
  std::size_t end = run_end(text, begin, alphabets[static_cast<std::size_t>(prefix.alphabet)]);
  while (end > begin && text.bytes[end - 1] == '.') --end;  // The sentence's.
  const std::string_view rest = text.piece(begin, end);
  if (rest.size() < prefix.rest_min || !has_digit(rest)) return {};
  if (prefix.spelling == "sk-" && !has_long_run(rest)) return {};
  return {.begin = at, .end = end, .kind = prefix.kind};
}

/// RFC 7519 and 7516: three base64url parts, or five; the first is a JSON object, so it begins with `eyJ`.
Match find_jwt(const Text& text, std::size_t at) {
  // A run that was refused is not read again from its middle.
  if (!text.has(at, "eyJ") || is_base64url(text.before(at))) return {};
  const std::size_t header = run_end(text, at, base64url);
  if (text.at(header) != '.' || header - at < 10) return {};
  std::size_t end = run_end(text, header + 1, base64url);
  if (end - header < 5 && text.at(end) != '.') return {};
  for (int part = 2; part < 5 && text.at(end) == '.' && (is_base64url(text.at(end + 1)) || text.at(end + 1) == '.');
       ++part) {
    end = run_end(text, end + 1, base64url);
  }
  if (end - header < 5) return {};
  return {.begin = at, .end = end, .kind = Secret::jwt};
}

/// A credential is told from prose by what prose never has: a digit in a long word, or capitals inside.
bool looks_random(std::string_view word) {
  bool digit = false, capital_inside = false, small = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    digit = digit || is_digit(word[i]);
    capital_inside = capital_inside || (i > 0 && is_upper(word[i]));
    small = small || is_lower(word[i]);
  }
  return word.size() >= 8 && (digit || (capital_inside && small) || word.back() == '=' || word.size() >= 24);
}

/// `Bearer <token>` (RFC 6750) and `Basic <token>` (RFC 7617): the scheme stays.
Match find_scheme(const Text& text, std::size_t at, std::string_view name, Secret kind) {
  if (!has_word(text, at, name)) return {};
  std::size_t begin = at + name.size();
  if (text.at(begin) == ':' || text.has(begin, "%20")) begin += text.at(begin) == ':' ? 1 : 3;
  const std::size_t gap = begin;
  while (is_space(text.at(begin)) && begin - gap < 8) ++begin;
  if (begin == at + name.size()) return {};
  const std::size_t end = run_end(text, begin, base64url | dot_class | token_sign_class);
  if (!looks_random(text.piece(begin, end))) return {};
  return {.begin = begin, .end = end, .kind = kind};
}

}  // namespace

Match find_token(const Text& text, std::size_t at) {
  // `hvs.` is seen at its `v`.
  if (text.bytes[at] == 'v' && text.before(at) == 'h') --at;
  if (is_alnum(text.before(at))) return {};
  const char c = text.bytes[at];
  if (lower(c) == 'b') {
    const Match bearer = find_scheme(text, at, "bearer", Secret::bearer);
    return bearer.found() ? bearer : find_scheme(text, at, "basic", Secret::basic);
  }
  if (c == 'e') return find_jwt(text, at);
  for (const Prefix& prefix : first_letter_prefixes) {
    if (c != prefix.spelling[0]) continue;
    const Match match = match_prefix(text, at, prefix);
    if (match.found()) return match;
  }
  return {};
}

Match find_prefixed_key(const Text& text, std::size_t at) {
  std::size_t begin = at;
  while (begin > text.floor && at - begin < 8 && is_alnum(text.bytes[begin - 1])) --begin;
  if (at - begin > 7 || (sign_prefix_letters[at - begin] >> (text.at(begin) & 31) & 1) == 0) return {};
  for (const Prefix& prefix : sign_prefixes) {
    const std::string_view spelling = prefix.spelling;
    if (spelling[0] != text.bytes[begin] || spelling.size() <= at - begin || spelling[at - begin] != text.bytes[at])
      continue;
    const Match match = match_prefix(text, begin, prefix);
    if (match.found()) return match;
  }
  return {};
}

/// `123456789:AA...`: a bot's number, a colon, 35 letters of which the first two are `AA`.
Match find_bot_token(const Text& text, std::size_t at) {
  if (!text.has(at, ":AA")) return {};
  std::size_t begin = at;
  while (begin > text.floor && at - begin < 11 && is_digit(text.bytes[begin - 1])) --begin;
  const std::size_t end = run_end(text, at + 1, base64url);
  if (at - begin < 8 || at - begin > 10 || end - at < 32) return {};
  return {.begin = begin, .end = end, .kind = Secret::token};
}

/// PEM (RFC 7468), OpenPGP's armour (RFC 9580) and SSH's: up to its end line, or to the end of the text where that is cut.
Match find_private_key(const Text& text, std::size_t at) {
  constexpr std::string_view begin_mark = "-----BEGIN";
  if (!text.has(at, begin_mark)) return {};
  const std::string_view label = text.bytes.substr(at + begin_mark.size(), 48);
  if (label.substr(0, label.find("-----")).find("PRIVATE") == std::string_view::npos) return {};
  const std::size_t end_line = text.bytes.find("-----END", at);
  if (end_line == std::string_view::npos) return {.begin = at, .end = text.size(), .kind = Secret::private_key};
  const std::size_t closing = text.bytes.find("-----", end_line + 8);
  const std::size_t end = closing == std::string_view::npos ? text.size() : closing + 5;
  return {.begin = at, .end = end, .kind = Secret::private_key};
}

}  // namespace mayday::redaction
