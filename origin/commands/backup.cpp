#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "origin/commands/commands.h"
#include "origin/store/day_files_sqlite.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view usage = "usage: mayday-origin backup --to DIR [--data DIR]";

/// Every database of the data folder: the desk's, and the days'. What is no database of ours stays.
std::vector<fs::path> databases_of(const fs::path& database) {
  std::vector<fs::path> files;
  std::error_code error;
  const fs::path folder = database.parent_path().empty() ? fs::path(".") : database.parent_path();
  const std::string stem = database.stem().string();
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const fs::path& path = entry.path();
    const bool is_ours = path.stem() == stem || path.stem() == stem + "-desk";
    if (is_ours && path.extension() == ".db" && entry.is_regular_file(error)) files.push_back(path);
  }
  const sqlite::DayFiles days(sqlite::folder_of_days(database.string()));
  for (const std::int64_t day : days.days()) files.emplace_back(days.path_of(day));
  return files;
}

/// One file as it stands at one moment, whoever writes meanwhile; nothing but committed transactions.
bool copy_database(const fs::path& from, const fs::path& to) {
  Result<sqlite::Database> database = sqlite::Database::open(from.string(), {.read_only = true});
  if (!database) return false;
  sqlite::make_private_file(to.string());  // SQLite fills an empty file, and keeps its mode.
  Result<sqlite::Statement> copy = database->prepare("VACUUM INTO ?1");
  if (!copy) return false;
  const std::string target = to.string();
  copy->bind(1, target);
  return static_cast<bool>(copy->run());
}

/// Into a folder beside the wanted one, which is renamed at the end: a backup is there whole, or not.
int copy_all(const fs::path& database, const fs::path& to) {
  const fs::path folder = database.parent_path().empty() ? fs::path(".") : database.parent_path();
  const fs::path unfinished = to.string() + ".unfinished";
  std::error_code error;
  fs::remove_all(unfinished, error);
  const std::vector<fs::path> files = databases_of(database);
  if (files.empty()) return complain(failed, "there is nothing to back up beside " + database.string());
  for (const fs::path& file : files) {
    const fs::path target = unfinished / fs::relative(file, folder, error);
    fs::create_directories(target.parent_path(), error);
    fs::permissions(target.parent_path(), fs::perms::owner_all, error);
    // A day may be dropped while the others are copied.
    if (copy_database(file, target) || !fs::exists(file)) continue;
    return complain(failed, "can't copy " + file.string() + ": the line above says why");
  }
  fs::rename(unfinished, to, error);
  if (error) return complain(failed, "can't make " + to.string() + ": " + error.message());
  std::printf("backed up %zu files to %s\n", files.size(), to.c_str());
  return stopped;
}

}  // namespace

int backup(std::span<const std::string_view> arguments) {
  fs::path to;
  std::vector<std::string_view> others;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--to" && i + 1 < arguments.size()) {
      to = arguments[++i];
    } else {
      others.push_back(arguments[i]);
    }
  }
  if (to.empty()) return complain(wrong_setting, std::string(usage));
  Config config;
  if (!read_environment(others, config)) return wrong_setting;
  if (!config.postgres_url.empty()) {
    return complain(wrong_setting, "PostgreSQL is backed up by its own pg_dump: see docs/stores.md");
  }
  std::error_code error;
  if (fs::exists(to, error)) return complain(wrong_setting, to.string() + " is there already: choose another folder");
  return copy_all(config.database_path, to);
}

}  // namespace mayday::origin::commands
