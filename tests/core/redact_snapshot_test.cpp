#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "case_files.h"
#include "mayday/ingest/admit.h"

namespace mayday {
namespace {

using test::Json;

std::string line_of(const Json& event) {
  const Policy policy;
  Ingest ingest(policy, {1, 2, 3, 4});
  const std::string body = event.dump();
  Request request{.method = "POST", .target = "/v1/logs", .body = body, .now = Timestamp{1'795'253'400'000}};
  request.set_header("content-type", "application/json");
  return std::string(ingest.admit(request).lines);
}

/// With MAYDAY_UPDATE_SNAPSHOTS set, the files are written anew, and what changed is for the reader of the diff.
TEST(RedactSnapshots, AreWhatAdmitWrites) {
  const bool update = std::getenv("MAYDAY_UPDATE_SNAPSHOTS") != nullptr;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(MAYDAY_CASES_DIR "/redact/snapshots"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  EXPECT_GE(files.size(), 12u);
  for (const std::filesystem::path& path : files) {
    SCOPED_TRACE(path.filename().string());
    Json snapshot = Json::parse(std::ifstream(path));
    const std::string line = line_of(snapshot["event"]);
    ASSERT_FALSE(line.empty());
    if (update) {
      snapshot["line"] = Json::parse(line);
      std::ofstream(path) << snapshot.dump(2) << "\n";
    }
    EXPECT_EQ(Json::parse(line).dump(2), snapshot["line"].dump(2));
    for (const Json& secret : snapshot["never"])
      EXPECT_EQ(line.find(secret.get<std::string>()), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace mayday
