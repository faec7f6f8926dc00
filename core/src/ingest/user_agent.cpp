#include "mayday/ingest/user_agent.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "mayday/base/ascii.h"
#include "mayday/base/bytes.h"

namespace mayday {
namespace {

constexpr std::size_t word_bytes_max = 24;

using ascii::is_digit;
using ascii::lower;
constexpr bool is_word(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

enum class Says : std::uint8_t { browser, os, mobile, safari, version, crawler };

/// What a word of the header says, in lower case.
struct Word {
  std::string_view spelling;
  Says says;
  std::string_view name = {};
};

/// Of two browsers the one above counts, for each claims to be those below it too; and of two systems: iPhones claim to be like
/// a Mac, Android to be Linux.
constexpr Word words[] = {
    {"edg", Says::browser, "Edge"},
    {"edga", Says::browser, "Edge"},
    {"edgios", Says::browser, "Edge"},
    {"edge", Says::browser, "Edge"},
    {"opr", Says::browser, "Opera"},
    {"opt", Says::browser, "Opera"},
    {"opios", Says::browser, "Opera"},
    {"samsungbrowser", Says::browser, "Samsung Internet"},
    {"fxios", Says::browser, "Firefox"},
    {"firefox", Says::browser, "Firefox"},
    {"crios", Says::browser, "Chrome"},
    {"chrome", Says::browser, "Chrome"},
    {"headlesschrome", Says::browser, "Chrome"},
    {"chromium", Says::browser, "Chrome"},
    {"iphone", Says::os, "iOS"},
    {"ipad", Says::os, "iOS"},
    {"ipod", Says::os, "iOS"},
    {"android", Says::os, "Android"},
    {"windows", Says::os, "Windows"},
    {"macintosh", Says::os, "macOS"},
    {"mac", Says::os, "macOS"},
    {"cros", Says::os, "ChromeOS"},
    {"linux", Says::os, "Linux"},
    {"mobile", Says::mobile},
    {"mobi", Says::mobile},
    {"safari", Says::safari},
    {"version", Says::version},
    {"slurp", Says::crawler},
    {"facebookexternalhit", Says::crawler},
    {"lighthouse", Says::crawler},
    {"mediapartners", Says::crawler},
    {"pingdom", Says::crawler},
    {"inspectiontool", Says::crawler},
    {"feedfetcher", Says::crawler},
    {"site24x7", Says::crawler},
    {"statuscake", Says::crawler},
};

/// `Googlebot/2.1`, `AdsBot-Google`, `Baiduspider`, `crawler`; but Cubot makes telephones.
bool is_crawler(std::string_view word) {
  constexpr std::string_view spider = "spider", crawler = "crawl";
  const char last = word.back();
  if (last == 't' || last == 's') {
    if (word.ends_with("bot") || word.ends_with("bots")) return word != "cubot";
  }
  return (last == 'r' && word.ends_with(spider)) || word.starts_with(crawler) || word.ends_with("crawler");
}

std::string_view version_at(std::string_view header, std::size_t at) {
  std::size_t end = at;
  for (int dots = 0; end < header.size() && (is_digit(header[end]) || header[end] == '.'); ++end) {
    if (header[end] == '.' && ++dots == 2) break;
  }
  while (end > at && header[end - 1] == '.') --end;
  return header.substr(at, end - at);
}

class Parser {
 public:
  explicit Parser(std::string_view header) : header_(header.substr(0, agent_bytes_read)) {}

  UserAgent run() {
    for (std::size_t at = 0; at < header_.size();) {
      std::array<char, word_bytes_max> folded;
      std::size_t end = at;
      for (; end < header_.size() && is_word(header_[end]); ++end) {
        if (end - at < folded.size()) folded[end - at] = lower(header_[end]);
      }
      if (end - at > 1 && end - at <= folded.size()) take({folded.data(), end - at}, end);
      at = end + 1;
    }
    if (agent_.browser.empty() && is_safari_ && !safari_version_.empty() && agent_.os != "Android") {
      agent_.browser = "Safari";
      agent_.version = safari_version_;
    }
    return agent_;
  }

 private:
  void take(std::string_view spelling, std::size_t end) {
    for (const Word& word : words) {
      if (word.spelling.size() == spelling.size() &&
          bytes::equal(word.spelling.data(), spelling.data(), spelling.size())) {
        return hear(word, end);
      }
    }
    agent_.crawler = agent_.crawler || is_crawler(spelling);
  }

  void hear(const Word& word, std::size_t end) {
    const std::string_view version = header_.substr(end).starts_with('/') ? version_at(header_, end + 1) : "";
    switch (word.says) {
      case Says::browser:
        if (version.empty() || (browser_ != nullptr && browser_ < &word)) return;
        browser_ = &word;
        agent_.browser = word.name;
        agent_.version = version;
        return;
      case Says::os:
        if (os_ != nullptr && os_ < &word) return;
        os_ = &word;
        agent_.os = word.name;
        return;
      case Says::mobile: agent_.mobile = true; return;
      case Says::safari: is_safari_ = true; return;
      case Says::version: safari_version_ = version; return;
      case Says::crawler: agent_.crawler = true; return;
    }
  }

  std::string_view header_;
  UserAgent agent_;
  const Word* browser_ = nullptr;
  const Word* os_ = nullptr;
  bool is_safari_ = false;
  std::string_view safari_version_;
};

}  // namespace

[[gnu::noinline]] UserAgent parse_user_agent(std::string_view header) { return Parser(header).run(); }

}  // namespace mayday
