#include <sys/wait.h>
#include <unistd.h>

#include "tests/origin/events.h"

namespace mayday::origin::test {
namespace {

constexpr int batches = 40;
constexpr int events_per_batch = 5;

/// One process: opens the file, maybe at the same moment as the other, and appends.
int run_process(const std::string& path, int first_number) {
  std::unique_ptr<Store> store = open_store(path);
  if (!store) return 1;
  for (int batch = 0; batch < batches; ++batch) {
    std::string lines;
    for (int i = 0; i < events_per_batch; ++i)
      lines += line_of({.number = first_number + batch * events_per_batch + i});
    if (!append(*store, lines)) return 2;
  }
  return 0;
}

TEST(TwoProcesses, StartTogetherOnANewFileAndLoseNothing) {
  const Folder folder;
  const std::string path = folder.file("mayday.db");
  // Half of the second one's events are the first one's.
  const int firsts[] = {0, batches * events_per_batch / 2};
  std::vector<pid_t> children;
  for (int first : firsts) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(run_process(path, first));
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  const std::unique_ptr<Store> store = open_store(path);
  const Result<EventPage> page = store->query({}, 10'000, std::nullopt);
  ASSERT_TRUE(page);
  const std::size_t distinct = batches * events_per_batch * 3 / 2;
  EXPECT_EQ(page->bodies.size(), distinct);
  const Result<Rollup> rollup = store->minutes({.since = {noon.ms - 60'000}, .until = {noon.ms + 60'000}});
  ASSERT_TRUE(rollup);
  ASSERT_EQ(rollup->minutes.size(), 1u);
  EXPECT_EQ(rollup->minutes[0].by_level[static_cast<int>(Level::error)], distinct);
}

}  // namespace
}  // namespace mayday::origin::test
