#include "origin/net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

namespace mayday::origin::net {
namespace {

constexpr std::size_t idle_max = 8;
constexpr std::size_t headers_max = 100;

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

/// What an answer is gathered in.
struct Gathering {
  HttpAnswer answer;
  std::size_t bytes_max = 0;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& gathering = *static_cast<Gathering*>(to);
  // Less than was offered: curl ends the transfer.
  if (gathering.answer.body.size() + size > gathering.bytes_max) return 0;
  gathering.answer.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) {
  auto& headers = static_cast<Gathering*>(to)->answer.headers;
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) headers.clear();  // An interim answer's are not the answer's.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || headers.size() >= headers_max) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ') value.remove_suffix(1);
  headers.emplace_back(std::move(name), value);
  return size;
}

List make_list(const HttpClient::Headers& headers) {
  List list;
  for (const std::string& header : headers) {
    if (header.find_first_of("\r\n") != std::string::npos) continue;
    if (curl_slist* longer = curl_slist_append(list.get(), header.c_str())) {
      std::ignore = list.release();  // It is the head of what is longer, or the same.
      list.reset(longer);
    }
  }
  return list;
}

void set_options(CURL* handle, const std::string& url, const HttpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeout_ms));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "mayday-origin/" MAYDAY_VERSION);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
}

}  // namespace

class HttpClient::Handles {
 public:
  Handle take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Handle(curl_easy_init());
    Handle handle = std::move(idle_.back());
    idle_.pop_back();
    return handle;
  }

  /// What was set goes, the connection stays.
  void give_back(Handle handle) {
    curl_easy_reset(handle.get());
    const std::lock_guard lock(mutex_);
    if (idle_.size() < idle_max) idle_.push_back(std::move(handle));
  }

 private:
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

HttpClient::HttpClient() : handles_(std::make_unique<Handles>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::get(const std::string& url, const Headers& headers, const HttpOptions& options) {
  return ask(url, headers, nullptr, options);
}

Result<HttpAnswer> HttpClient::post(const std::string& url, const Headers& headers, std::string_view body,
                                    const HttpOptions& options) {
  return ask(url, headers, &body, options);
}

Result<HttpAnswer> HttpClient::ask(const std::string& url, const Headers& headers, const std::string_view* body,
                                   const HttpOptions& options) {
  Handle handle = handles_->take();
  if (!handle) return Error{Code::origin_unavailable, CURLE_FAILED_INIT};
  Gathering gathering{.answer = {}, .bytes_max = options.answer_bytes_max};
  Headers all = headers;
  all.emplace_back("Expect:");  // Curl would wait a second for a 100 that few servers send.
  const List list = make_list(all);
  set_options(handle.get(), url, options);
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &gathering);
  curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &gathering);
  if (body) {
    curl_easy_setopt(handle.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body->empty() ? "" : body->data());
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return Error{Code::origin_unavailable, static_cast<std::uint32_t>(code)};
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  gathering.answer.status = static_cast<int>(status);
  handles_->give_back(std::move(handle));
  return std::move(gathering.answer);
}

std::string HttpClient::describe(const Error& error) { return curl_easy_strerror(static_cast<CURLcode>(error.at)); }

std::string escape_query(std::string_view text) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace mayday::origin::net
