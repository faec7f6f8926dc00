#pragma once

#include <span>
#include <string>
#include <string_view>

#include "origin/config.h"

/// What mayday-origin does besides serving: one word on the command line, one file here. Each answers the exit status.
namespace mayday::origin::commands {

enum Exit : int { stopped = 0, failed = 1, wrong_setting = 2, port_taken = 3 };

/// Writes a line for the operator to standard error.
int complain(Exit status, const std::string& line);

/// `admin create --email ADDRESS ...`: `arguments` are those behind `admin`.
int admin(std::span<const std::string_view> arguments);

/// `backup --to DIR`: a consistent copy of an SQLite origin's data, which may be running.
int backup(std::span<const std::string_view> arguments);

/// `migrate --from URL --to URL`: copies accounts, tickets and events from one store into another; run again, it goes on.
int migrate(std::span<const std::string_view> arguments);

/// `routes`: the route table as JSON.
int routes();

/// Reads the environment as serving does. A problem is complained about, and nothing is answered.
bool read_environment(std::span<const std::string_view> arguments, Config& config);

}  // namespace mayday::origin::commands
