#include "origin/store/day_files_sqlite.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "mayday/base/timestamp.h"
#include "origin/log.h"
#include "origin/migrations/migrations.h"
#include "origin/store/columns_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/migrate_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::string_view ending = ".db";
constexpr std::size_t date_chars = 10;

/// The part of a timestamp that is its date.
std::string date_of(std::int64_t day) {
  char text[timestamp_chars];
  format_timestamp(start_of_day(day), text);
  return {text, date_chars};
}

std::optional<std::int64_t> day_named(std::string_view file_name) {
  if (file_name.size() != date_chars + ending.size() || !file_name.ends_with(ending)) return std::nullopt;
  const std::string_view date = file_name.substr(0, date_chars);
  const std::optional<Timestamp> time = parse_timestamp(std::string(date) + "T00:00:00.000Z");
  if (!time) return std::nullopt;
  return day_of(*time);
}

}  // namespace

std::string folder_of_days(std::string_view database_path) {
  std::string_view stem = database_path;
  if (stem.ends_with(ending)) stem.remove_suffix(ending.size());
  return std::string(stem) + ".events";
}

std::uint64_t bytes_of_database(const std::string& path) {
  std::uint64_t bytes = 0;
  struct stat file{};
  for (const char* suffix : {"", "-wal"}) {
    if (stat((path + suffix).c_str(), &file) == 0) bytes += static_cast<std::uint64_t>(file.st_size);
  }
  return bytes;
}

void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) close(file);
}

std::vector<std::int64_t> DayFiles::days() const {
  std::vector<std::int64_t> days;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (const auto day = day_named(entry.path().filename().native())) days.push_back(*day);
  }
  std::sort(days.begin(), days.end());
  return days;
}

std::string DayFiles::path_of(std::int64_t day) const { return folder_ + "/" + date_of(day) + std::string(ending); }

bool DayFiles::exists(std::int64_t day) const { return access(path_of(day).c_str(), F_OK) == 0; }

Result<Database> DayFiles::open(std::int64_t day) const {
  const std::string path = path_of(day);
  make_private_file(path);
  Result<Database> database = Database::open(path, {});
  if (!database) return database;
  if (Result<void> migrated = migrate(*database, migrations::events_sqlite()); !migrated) return migrated.error();
  // FULL: acknowledged means on the disk. It costs 5 % with batches (STORAGE). A checkpoint each 10,000 pages is 1.5 to 2
  // times as fast as each 1,000.
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=10000"}) {
    if (Result<void> set = database->execute(pragma); !set) return set.error();
  }
  return database;
}

Result<void> DayFiles::drop(std::int64_t day) const {
  const FolderLock lock(folder_);
  if (!lock || !exists(day)) return {};
  {
    Result<Database> database = open(day);
    if (!database) return database.error();
    const std::string mark =
        "INSERT OR IGNORE INTO rolled (width, at) VALUES (" + std::to_string(day_is_dropped_width) + ", 0)";
    if (Result<void> marked = database->execute(mark.c_str()); !marked) return marked;
  }
  const std::string path = path_of(day);
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
  log_line(Level::info, "dropped the events of " + date_of(day));
  return {};
}

FolderLock::FolderLock(const std::string& folder)
    : file_(::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
  if (file_ >= 0) flock(file_, LOCK_EX);
}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace mayday::origin::sqlite
