#include "mayday/filter/redact_page.h"

#include "pattern.h"
#include "pattern_selection.h"
#include "redact_patterns.h"

namespace mayday {
namespace redaction {
namespace {

constexpr Kinds kinds = kinds_of({"email", "card", "jwt", "bearer", "basic", "aws", "github", "stripe", "slack",
                                  "google", "token", "private_key", "password", "query", "userinfo"});

template <const auto& Whole>
constexpr const std::uint8_t* in_page = selected<Whole, kinds>.data();

/// Names that say that their value is a secret, from their end: `token_count` is none. .NET prints `PublicKeyToken` of every assembly.
#define MAYDAY_SECRET_NAME                                                                                \
  "s?(drow(ssa|[-_ ]ssa)p|dwssap|esarhpssap|dwp|terces|laitnederc|noitazirohtua|eikooc)|nekot!(yekcilb)|" \
  "yek[-_ ]?(ipa|ssecca|etavirp|terces|tnuocca)"
constexpr auto& secret_name = pattern<"~(" MAYDAY_SECRET_NAME "|noisses)">;

/// What is made up: a digit comes soon. No mask, no template, no place in a file, no mark of ours.
#define MAYDAY_MADE_UP "&((!DV){0,40}D)!([*[{<%^]|$[{(]|D+:|(K|.)+\\(|B{0,12}\\*{3})"
/// A secret's name and its value in a simple form; other names, other signs, words for values are the edge's.
constexpr auto& pair =
    pattern<"~(([ \\\\]|Q){0,6}(" MAYDAY_SECRET_NAME "|di[-_]?(noi)?sses))(:|=\\>?) ?(\\\\{0,3}Q" MAYDAY_MADE_UP
            "<(![\\\\]!QO){4,}|(L+ )?" MAYDAY_MADE_UP "<(![\\&]V){6,})%password;">;

/// True if a pattern that is spelled backwards fits the end of a name.
[[gnu::noinline]] bool ends(std::string_view name, const std::uint8_t* code) {
  return Matcher(name, Matcher::page_check).match(code, name.size());
}

}  // namespace

class PageScan {
 public:
  PageScan(std::string_view bytes, schema::Profile profile, Buffer& out)
      : text_(bytes, Matcher::page_check),
        prose_(profile != schema::Profile::stack_line && profile != schema::Profile::identifier),
        out_(out) {}

  void run() {
    for (std::size_t at = 0; at < text_.text.size(); ++at) {
      if (at >= text_.floor && find(at)) text_.take(out_);
    }
    out_.append(text_.piece(text_.floor, text_.text.size()));
  }

 private:
  bool match(const std::uint8_t* code, std::size_t at) { return text_.match(code, at); }

  bool find(std::size_t at) {
    const char c = text_.at(at);
    switch (c) {
      case '@':
        if (!prose_ && match(in_page<patterns::userinfo>, at)) return true;
        [[fallthrough]];
      case '%':
      case '&':
      case '\\': return match(in_page<patterns::email>, at);
      case ':':
      case '=':
        return prose_ &&
               (match(in_page<patterns::url>, at) || match(pair.data(), at) || match(in_page<patterns::bot_token>, at));
      case '?':
      case '#': return match(in_page<patterns::query>, at);
      case '-': return match(in_page<patterns::private_key>, at);
      default: return is_alnum(c) && !is_alnum(text_.before(at)) && find_word(at);
    }
  }

  bool find_word(std::size_t at) {
    if (is_digit(text_.at(at))) {
      return prose_ ? match(in_page<patterns::number>, at) : match(in_page<patterns::identifier_number>, at);
    }
    return match(in_page<patterns::token>, at) || match(in_page<patterns::web_token>, at) ||
           (prose_ && match(in_page<patterns::scheme>, at));
  }

  Matcher text_;
  bool prose_;
  Buffer& out_;
};

}  // namespace redaction

void redact_in_page(std::string_view text, schema::Profile profile, Buffer& out) {
  redaction::PageScan(text, profile, out).run();
}

bool is_secret_in_page(std::string_view name) { return redaction::ends(name, redaction::secret_name.data()); }

schema::Profile profile_in_page(std::string_view name) {
  using redaction::ends, redaction::pattern;
  if (ends(name, pattern<"~(kcats!O)">.data())) return schema::Profile::stack_line;
  if (ends(name, pattern<"~(etuor!O)">.data())) return schema::Profile::path;
  return ends(name, pattern<"~(di_)">.data()) ? schema::Profile::identifier : schema::Profile::message;
}

}  // namespace mayday
