#include "mayday/ingest/user_agent.h"

#include <cstddef>

namespace mayday {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Where `lower_case` stands in any case, at `from` or behind.
std::size_t find_any_case(std::string_view text, std::string_view lower_case, std::size_t from) {
  for (std::size_t at = from; at + lower_case.size() <= text.size(); ++at) {
    std::size_t i = 0;
    while (i < lower_case.size() && lower(text[at + i]) == lower_case[i]) ++i;
    if (i == lower_case.size()) return at;
  }
  return std::string_view::npos;
}

/// What a product calls itself, and by whose name it is known. In order: each browser claims to be those behind it too.
struct Product {
  std::string_view token;
  std::string_view browser;
};
constexpr Product products[] = {
    {"Edg/", "Edge"},        {"EdgA/", "Edge"},       {"EdgiOS/", "Edge"},  {"Edge/", "Edge"},
    {"OPR/", "Opera"},       {"OPT/", "Opera"},       {"OPiOS/", "Opera"},  {"SamsungBrowser/", "Samsung Internet"},
    {"FxiOS/", "Firefox"},   {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"},
    {"Chromium/", "Chrome"},
};

std::string_view version_at(std::string_view header, std::size_t at) {
  std::size_t end = at;
  for (int dots = 0; end < header.size() && (is_digit(header[end]) || header[end] == '.'); ++end) {
    if (header[end] == '.' && ++dots == 2) break;
  }
  while (end > at && header[end - 1] == '.') --end;
  return header.substr(at, end - at);
}

void find_browser(std::string_view header, UserAgent& agent) {
  for (const Product& product : products) {
    const std::size_t at = header.find(product.token);
    if (at == std::string_view::npos) continue;
    agent.browser = product.browser;
    agent.version = version_at(header, at + product.token.size());
    return;
  }
  constexpr std::string_view safari_version = "Version/";
  const std::size_t at = header.find(safari_version);
  if (!has(header, "Safari/") || at == std::string_view::npos || has(header, "Android")) return;
  agent.browser = "Safari";
  agent.version = version_at(header, at + safari_version.size());
}

std::string_view os_in(std::string_view header) {
  // iPhones claim to be like a Mac, Android to be Linux.
  if (has(header, "iPhone") || has(header, "iPad") || has(header, "iPod")) return "iOS";
  if (has(header, "Android")) return "Android";
  if (has(header, "Windows")) return "Windows";
  if (has(header, "Mac OS X") || has(header, "Macintosh")) return "macOS";
  if (has(header, "CrOS")) return "ChromeOS";
  return has(header, "Linux") ? "Linux" : "";
}

bool is_crawler(std::string_view header) {
  // "bot" ends a word (Googlebot/2.1, AdsBot-Google); Cubot makes telephones.
  for (std::size_t at = find_any_case(header, "bot", 0); at != std::string_view::npos;
       at = find_any_case(header, "bot", at + 1)) {
    const bool ends = at + 3 == header.size() || !is_letter(header[at + 3]);
    const bool telephone = at >= 2 && find_any_case(header.substr(at - 2, 2), "cu", 0) == 0;
    if (ends && !telephone) return true;
  }
  constexpr std::string_view names[] = {"crawl",       "spider",        "slurp",    "facebookexternalhit",
                                        "lighthouse",  "mediapartners", "pingdom",  "google-inspectiontool",
                                        "feedfetcher", "bytespider",    "site24x7", "statuscake"};
  for (std::string_view name : names) {
    if (find_any_case(header, name, 0) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

[[gnu::noinline]] UserAgent parse_user_agent(std::string_view header) {
  constexpr std::size_t header_bytes_read = 512;
  header = header.substr(0, header_bytes_read);
  UserAgent agent;
  if (header.empty()) return agent;
  find_browser(header, agent);
  agent.os = os_in(header);
  agent.mobile = has(header, "Mobi");
  agent.crawler = is_crawler(header);
  return agent;
}

}  // namespace mayday
