#include "origin/desk/open_desk.h"

#include <filesystem>
#include <string>

#include "origin/log.h"

namespace mayday::origin {
namespace {

/// Data folders are their owner's alone. False where the folder can't be made.
bool make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return true;
  if (!std::filesystem::create_directories(folder, error)) return false;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return !error;
}

/// Beside the events' file: `mayday.db` has `mayday-desk.db`.
std::filesystem::path desk_path(const std::filesystem::path& events) {
  std::filesystem::path path = events;
  path.replace_filename(events.stem().string() + "-desk.db");
  return path;
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_desk(const Config& config) {
  if (!config.postgres_url.empty()) return sql::open_postgres(config.postgres_url);
  const std::filesystem::path path = desk_path(config.database_path);
  if (!make_folder(path.parent_path())) {
    log_line(Level::error, "can't make the folder " + path.parent_path().string());
    return Error{Code::storage_failed, 0};
  }
  return sql::open_sqlite(path.string());
}

}  // namespace mayday::origin
