#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "origin/auth/accounts.h"
#include "origin/clock.h"
#include "origin/commands/commands.h"
#include "origin/desk/open_desk.h"

namespace mayday::origin::commands {
namespace {

constexpr std::string_view usage =
    "usage: mayday-origin admin create --email ADDRESS [--name NAME] [--role admin|agent|user] [--data DIR]";

struct Wanted {
  std::string email;
  std::string name;
  auth::Role role = auth::Role::admin;
  std::vector<std::string_view> others;  ///< For `read_config`.
};

bool read_arguments(std::span<const std::string_view> arguments, Wanted& wanted) {
  if (arguments.empty() || arguments[0] != "create") return false;
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    if (i + 1 == arguments.size()) return false;
    const std::string_view name = arguments[i], value = arguments[i + 1];
    if (name == "--email") {
      wanted.email = value;
    } else if (name == "--name") {
      wanted.name = value;
    } else if (name == "--role") {
      const std::optional<auth::Role> role = auth::parse_role(value);
      if (!role) return false;
      wanted.role = *role;
    } else {
      wanted.others.insert(wanted.others.end(), {name, value});
    }
  }
  return !wanted.email.empty();
}

/// A line from standard input, which a terminal does not show.
std::string ask_password() {
  const bool is_terminal = isatty(STDIN_FILENO) == 1;
  termios shown{};
  if (is_terminal) {
    std::fputs("Password: ", stderr);
    tcgetattr(STDIN_FILENO, &shown);
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  }
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) line += static_cast<char>(c);
  if (is_terminal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    std::fputs("\n", stderr);
  }
  return line;
}

std::string explain(auth::Refusal refusal, std::string_view weakness) {
  switch (refusal) {
    case auth::Refusal::invalid_email: return "--email is no e-mail address";
    case auth::Refusal::weak_password: return "the password " + std::string(weakness) + "; choose another";
    default: return "the account could not be stored; the line above says why";
  }
}

}  // namespace

int admin(std::span<const std::string_view> arguments) {
  Wanted wanted;
  if (!read_arguments(arguments, wanted)) return complain(wrong_setting, std::string(usage));
  Config config;
  if (!read_environment(wanted.others, config)) return wrong_setting;
  const char* given = std::getenv("MAYDAY_PASSWORD");
  const std::string password = given ? given : ask_password();
  Result<std::unique_ptr<sql::Database>> desk = open_desk(config);
  if (!desk) return complain(failed, "can't use the database");
  auth::Accounts accounts(**desk, {config.access_secret, config.refresh_secret});
  std::string_view weakness;
  const auth::Refusal refusal =
      accounts.put(wanted.email, password, wanted.name, wanted.role, wall_clock_now(), &weakness);
  if (refusal != auth::Refusal::none) return complain(wrong_setting, explain(refusal, weakness));
  std::printf("%s may sign in as %s\n", wanted.email.c_str(), std::string(to_string(wanted.role)).c_str());
  return stopped;
}

}  // namespace mayday::origin::commands
