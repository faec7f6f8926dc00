#include "mayday/ingest/user_agent.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "mayday/base/ascii.h"
#include "mayday/base/entries.h"

namespace mayday {
namespace {

constexpr std::size_t word_bytes_max = 24;

using ascii::is_digit;
using ascii::lower;
constexpr bool is_word(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

/// What words of the header say, in lower case. Of two browsers the first counts, for each claims to be those behind it too; and
/// of two systems: iPhones claim to be like a Mac, Android to be Linux.
constexpr std::string_view words =
    "edg\nedga\nedgios\nedge\nopr\nopt\nopios\nsamsungbrowser\nfxios\nfirefox\ncrios\nchrome\nheadlesschrome\nchromium"
    "\n"
    "iphone\nipad\nipod\nandroid\nwindows\nmacintosh\nmac\ncros\nlinux\n"
    "mobile\nmobi\nsafari\nversion\n"
    "slurp\nfacebookexternalhit\nlighthouse\nmediapartners\npingdom\ninspectiontool\nfeedfetcher\nsite24x7\nstatuscake"
    "\n";
/// Where in `words` the systems begin, and what behind them says something else.
enum Place : std::size_t { first_system = 14, mobile = 23, mobi, safari, version, first_crawler };

/// What browsers and systems are called; which of these each of `words` is.
constexpr std::string_view names =
    "Edge\nOpera\nSamsung Internet\nFirefox\nChrome\niOS\nAndroid\nWindows\nmacOS\nChromeOS\nLinux\n";
constexpr std::uint8_t name_of[mobile] = {0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 7, 8, 8, 9, 10};

/// `Googlebot/2.1`, `AdsBot-Google`, `Baiduspider`, `crawler`; but Cubot makes telephones.
bool is_crawler(std::string_view word) {
  bool found = word.starts_with("crawl");
  for (std::string_view endings = "bot\nbots\nspider\ncrawler\n"; !found && !endings.empty();)
    found = word.ends_with(take_entry(endings));
  return found && word != "cubot";
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
    const std::size_t word = entry_index(words, spelling);
    if (word == no_entry) {
      agent_.crawler = agent_.crawler || is_crawler(spelling);
    } else if (word >= first_crawler) {
      agent_.crawler = true;
    } else if (word == mobile || word == mobi) {
      agent_.mobile = true;
    } else if (word == safari) {
      is_safari_ = true;
    } else if (word >= first_system && word < mobile) {
      if (word < system_) agent_.os = entry_at(names, name_of[system_ = word]);
    } else {
      const std::string_view told = header_.substr(end).starts_with('/') ? version_at(header_, end + 1) : "";
      if (word == version) {
        safari_version_ = told;
      } else if (!told.empty() && word <= browser_) {
        agent_.browser = entry_at(names, name_of[browser_ = word]);
        agent_.version = told;
      }
    }
  }

  std::string_view header_;
  UserAgent agent_;
  std::size_t browser_ = no_entry;
  std::size_t system_ = no_entry;
  bool is_safari_ = false;
  std::string_view safari_version_;
};

}  // namespace

[[gnu::noinline]] UserAgent parse_user_agent(std::string_view header) { return Parser(header).run(); }

}  // namespace mayday
