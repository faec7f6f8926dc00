#pragma once

#include <span>
#include <string_view>

/// The numbered SQL files beside this one, as part of the program (cmake/embed.cmake). Each set counts from 1 without a gap;
/// a file that has been released is never changed.
namespace mayday::origin::migrations {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

std::span<const Migration> events_sqlite();
std::span<const Migration> events_postgres();
std::span<const Migration> events_clickhouse();
std::span<const Migration> desk_sqlite();
std::span<const Migration> desk_postgres();

}  // namespace mayday::origin::migrations
