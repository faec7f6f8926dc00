#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mayday/base/buffer.h"
#include "mayday/base/json_writer.h"
#include "origin/store/store.h"

/// Makes events and asks a store, for the tests of the store.
namespace mayday::origin::test {

inline constexpr Timestamp noon{1'795'262'400'000};  // 2026-11-21T12:00:00Z

/// What an event of a test is made of; the rest is filled in.
struct Sample {
  int number = 1;  ///< Becomes the event_id.
  std::string level = "error";
  std::string message = "it broke";
  std::string service = "web";
  std::string environment = "dev";
  std::string release = "1.0";
  std::string session_id = {};
  std::string fingerprint = {};
  std::string error_type = {};
  std::int64_t age_ms = 0;  ///< Before noon.
  int count = 1;
  std::string user_id = {};
  std::string route = {};
  std::string component = {};
  std::vector<std::pair<std::string, std::string>> tags = {};
  std::int64_t received_age_ms = 0;  ///< Before noon; 0: it is not said.
};

inline std::string id_of(int number) {
  char text[uuid_chars + 1];
  std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012d", number);
  return text;
}

inline std::string time_before_noon(std::int64_t age_ms) {
  char time[timestamp_chars];
  format_timestamp({noon.ms - age_ms}, time);
  return {time, timestamp_chars};
}

inline void write_optional_parts(json::ObjectWriter& out, const Sample& sample) {
  const std::pair<std::string_view, const std::string*> texts[] = {{"session_id", &sample.session_id},
                                                                   {"fingerprint", &sample.fingerprint},
                                                                   {"user_id", &sample.user_id},
                                                                   {"route", &sample.route},
                                                                   {"component", &sample.component}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) out.string(name, *text);
  }
  if (sample.received_age_ms != 0) out.string("received_at", time_before_noon(sample.received_age_ms));
  if (sample.count > 1) out.integer("count", sample.count);
  if (!sample.error_type.empty()) {
    json::ObjectWriter error(out.member("error"));
    error.string("type", sample.error_type);
    error.close();
  }
  if (sample.tags.empty()) return;
  json::ObjectWriter tags(out.member("tags"));
  for (const auto& [name, text] : sample.tags) tags.string(name, text);
  tags.close();
}

inline std::string line_of(const Sample& sample) {
  Buffer line;
  json::ObjectWriter out(line);
  out.string("event_id", id_of(sample.number));
  out.string("timestamp", time_before_noon(sample.age_ms));
  out.string("level", sample.level);
  out.string("service", sample.service);
  out.string("environment", sample.environment);
  out.string("release", sample.release);
  out.string("message", sample.message);
  write_optional_parts(out, sample);
  out.close();
  line.append('\n');
  return std::string(line.view());
}

/// A folder of the test's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "mayday-test-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Events of two days and two fingerprints; in round after round some users come again, some are new.
inline std::string round_of_users(int round) {
  std::string lines;
  for (int i = 0; i < 12; ++i) {
    lines += line_of({.number = 100'000 + round * 12 + i,
                      .fingerprint = i % 2 == 0 ? "00000000000000aa" : "ff000000000000bb",
                      .age_ms = i % 3 == 0 ? 24 * 3'600'000 : 1'000,
                      .user_id = "u" + std::to_string(round * 4 + i)});
  }
  return lines;
}

inline std::unique_ptr<Store> open_store(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.disk_free_bytes_min = 0;
  options.now = [] { return noon; };
  Result<std::unique_ptr<Store>> store = open_sqlite_store(std::move(options));
  EXPECT_TRUE(store);
  return store ? std::move(*store) : nullptr;
}

/// Appends and waits for the commit.
inline Result<Appended> append(Store& store, std::string lines) {
  auto done = std::make_shared<std::promise<Result<Appended>>>();
  std::future<Result<Appended>> answer = done->get_future();
  const auto batch = std::make_shared<const EventBatch>(std::move(lines), noon);
  const Result<void> taken = store.append(batch, [done](Result<Appended> appended) { done->set_value(appended); });
  if (!taken) return taken.error();
  return answer.get();
}

/// The numbers' event ids are in the bodies; this finds them back, in order.
inline std::vector<int> numbers_of(const EventPage& page) {
  std::vector<int> numbers;
  for (const std::string& body : page.bodies) numbers.push_back(std::stoi(body.substr(body.find("8000-") + 5, 12)));
  return numbers;
}

inline std::vector<int> ask(Store& store, const EventFilter& filter) {
  const Result<EventPage> page = store.query(filter, 100, std::nullopt);
  EXPECT_TRUE(page);
  return page ? numbers_of(*page) : std::vector<int>{};
}

}  // namespace mayday::origin::test
