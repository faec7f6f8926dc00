#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "case_files.h"
#include "mayday/filter/redact_page.h"

namespace mayday {
namespace {

/// The cells of a row of a Markdown table, without the spaces and backquotes around them; none if it is no row.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  if (!line.starts_with("| ")) return cells;
  std::istringstream row(line.substr(1));
  for (std::string cell; std::getline(row, cell, '|');) {
    const std::size_t begin = cell.find_first_not_of(" `"), end = cell.find_last_not_of(" `");
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

void expect_row(const std::vector<std::string>& row, const std::vector<std::string>& profiles) {
  Buffer from_page;
  redact_in_page(row[1], schema::Profile::message, from_page);
  const bool went = from_page.view() != row[1];
  EXPECT_EQ(went, row[2] == "yes") << "the page: " << row[1] << " became " << from_page.view();
  for (std::size_t i = 3; i < row.size(); ++i) {
    const bool in_frame = profiles[i] == "stack_line";
    const std::string text = in_frame ? "    at f (" + row[1] + ")" : row[1];
    Buffer out;
    const Redaction redaction = redact(text, test::profile_named(profiles[i]), out);
    EXPECT_EQ(redaction.changed, row[i] == "yes") << profiles[i] << ": " << text << " became " << out.view();
    if (redaction.changed) {
      EXPECT_EQ(to_string(redaction.first), row[0]) << profiles[i];
    }
  }
}

TEST(RedactDocs, SayWhatTheCodeDoes) {
  std::ifstream file(MAYDAY_CASES_DIR "/../../docs/redaction.md");
  std::vector<std::string> profiles;
  std::set<std::string> kinds;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != 8 || cells[0].starts_with("-")) continue;
    if (profiles.empty()) {
      profiles = cells;
      continue;
    }
    SCOPED_TRACE(line);
    expect_row(cells, profiles);
    kinds.insert(cells[0]);
  }
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(Secret::userinfo); ++kind) {
    EXPECT_TRUE(kinds.contains(std::string(to_string(static_cast<Secret>(kind)))))
        << to_string(static_cast<Secret>(kind));
  }
}

}  // namespace
}  // namespace mayday
