#include "origin/commands/commands.h"

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "origin/http/route_table.h"

namespace mayday::origin::commands {
namespace {

std::optional<std::string_view> environment_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (!value) return std::nullopt;
  return value;
}

}  // namespace

int complain(Exit status, const std::string& line) {
  std::fprintf(stderr, "mayday-origin: %s\n", line.c_str());
  return status;
}

bool read_environment(std::span<const std::string_view> arguments, Config& config) {
  const ConfigProblem problem = read_config(arguments, environment_variable, config);
  if (!problem.empty()) complain(wrong_setting, problem);
  return problem.empty();
}

int routes() {
  nlohmann::json list = nlohmann::json::array();
  for (const http::Route& route : http::route_table()) {
    list.push_back({{"method", route.method},
                    {"path", route.path},
                    {"access", http::to_string(route.access)},
                    {"cross_origin", route.is_cross_origin}});
  }
  std::printf("%s\n", list.dump(2).c_str());
  return stopped;
}

}  // namespace mayday::origin::commands
