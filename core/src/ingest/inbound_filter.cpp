#include "mayday/ingest/inbound_filter.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "mayday/base/ascii.h"
#include "mayday/base/bytes.h"
#include "mayday/base/entries.h"

namespace mayday {
namespace {

using ascii::lower;

/// Beginnings of messages, without the error's type.
constexpr std::string_view noise[] = {
    // Every browser, when a page's layout takes more than one frame: nothing is wrong.
    "ResizeObserver loop",
    // A script of another origin, of which the browser tells nothing.
    "Script error",
    // Scripts that mobile browsers and apps inject into every page.
    "Can't find variable: __firefox__",
    "Can't find variable: __gCrWeb",
    "Can't find variable: _AutofillCallbackHandler",
    "Can't find variable: instantSearchSDKJSBridgeClearHighlight",
    "undefined is not an object (evaluating '__gCrWeb",
    "undefined is not an object (evaluating 'window.webkit.messageHandlers",
    "undefined is not an object (evaluating 'window.__firefox__",
    // Mail gateways that open links to look at them.
    "Object Not Found Matching Id",
    "Non-Error promise rejection captured with value: Object Not Found Matching Id",
};

constexpr std::size_t head_bytes = 8;

/// The first eight bytes of a text that has them.
std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  std::memcpy(&head, text.data(), head_bytes);
  return head;
}

/// Behind `Uncaught ` and `TypeError: `.
std::string_view sentence_of(std::string_view message) {
  constexpr std::string_view uncaught = "Uncaught ", error = "Error";
  constexpr std::size_t type_bytes_max = 24;
  if (message.size() > uncaught.size() && head_of(message) == head_of(uncaught)) message.remove_prefix(uncaught.size());
  const char* begin = message.data();
  const char* end = begin + message.size();
  const char* type_end = bytes::find(begin, begin + std::min(message.size(), type_bytes_max), end, ':');
  const auto type = static_cast<std::size_t>(type_end - begin);
  if (type < error.size() || type + 2 > message.size() || type_end[1] != ' ') return message;
  const bool is_error = bytes::equal(type_end - error.size(), error.data(), error.size());
  return is_error ? message.substr(type + 2) : message;
}

}  // namespace

std::string_view to_string(Filter filter) { return entry_at(filter_names, static_cast<std::size_t>(filter)); }

bool is_extension_stack(std::string_view stack) {
  const char* end = stack.data() + stack.size();
  const char* mark = bytes::find(stack.data(), end, end, ':');
  while (end - mark >= 3 && (mark[1] != '/' || mark[2] != '/')) mark = bytes::find(mark + 1, end, end, ':');
  if (end - mark < 3) return false;
  const std::string_view before(stack.data(), static_cast<std::size_t>(mark - stack.data()));
  // Safari shows neither the extension nor its file.
  return before.ends_with("-extension") || before.ends_with("webkit-masked-url");
}

bool is_noise(std::string_view message) {
  const std::string_view sentence = sentence_of(message);
  if (sentence.size() < head_bytes) return false;
  const std::uint64_t head = head_of(sentence);
  for (std::string_view beginning : noise) {
    if (head == head_of(beginning) && sentence.starts_with(beginning)) return true;
  }
  return false;
}

[[gnu::cold]] bool is_local_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = origin.substr(scheme + 3);
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.");
}

[[gnu::cold]] bool fits_pattern(std::string_view text, std::string_view pattern) {
  // After a mismatch the last star takes one character more: no earlier star has to be tried again.
  std::size_t at = 0, in_pattern = 0, star = std::string_view::npos, star_at = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_at = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == lower(text[at])) {
      ++in_pattern, ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

}  // namespace mayday
