#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"
#include "origin/store/sqlite.h"

/// The folder of days beside the desk's file: `mayday.db` has `mayday.events/2026-11-27.db` and so on. Several processes may
/// use it at once.
namespace mayday::origin::sqlite {

/// `/srv/mayday.db` has `/srv/mayday.events`.
std::string folder_of_days(std::string_view database_path);

/// What a day's file and what SQLite keeps beside it take.
std::uint64_t bytes_of_database(const std::string& path);

/// Makes the file where it is missing, for its owner alone; SQLite gives its WAL the same mode.
void make_private_file(const std::string& path);

class DayFiles {
 public:
  explicit DayFiles(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }

  /// The days that have a file, oldest first. Other files are not seen.
  std::vector<std::int64_t> days() const;

  std::string path_of(std::int64_t day) const;

  bool exists(std::int64_t day) const;

  std::uint64_t bytes_of(std::int64_t day) const { return bytes_of_database(path_of(day)); }

  /// Opens the day's file to write, makes it where it is missing, and brings its tables up to date.
  Result<Database> open(std::int64_t day) const;

  /// Deletes a day whole. Marks it first, so that no process writes into a file that is gone; readers end undisturbed.
  Result<void> drop(std::int64_t day) const;

 private:
  std::string folder_;
};

/// Held by one process at a time, and by none that has ended: for what must not be done by two. Waits for it.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  explicit operator bool() const { return file_ >= 0; }

 private:
  int file_ = -1;
};

}  // namespace mayday::origin::sqlite
