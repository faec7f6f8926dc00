#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "origin/store/day_files_sqlite.h"

namespace mayday::origin::sqlite {

/// Connections that read, for any thread. A few stay open for the next question.
class Readers {
 public:
  explicit Readers(DayFiles files) : files_(std::move(files)) {}

  const DayFiles& files() const { return files_; }

  /// Asks one day's file; statements that still run at `deadline_ms` (steady) fail. A day that has gone meanwhile answers
  /// nothing: `question` is not called.
  template <typename Question>
  Result<void> ask(std::int64_t day, std::int64_t deadline_ms, Question question) {
    Result<Database> database = take(day);
    if (!database) return files_.exists(day) ? Result<void>(database.error()) : Result<void>();
    database->set_deadline(deadline_ms);
    Result<void> answer = question(*database);
    if (answer) give_back(day, std::move(*database));  // Else the connection goes too: what is wrong with it ends here.
    return answer;
  }

 private:
  Result<Database> take(std::int64_t day);
  void give_back(std::int64_t day, Database database);

  DayFiles files_;
  std::mutex mutex_;
  std::multimap<std::int64_t, Database> idle_;
};

}  // namespace mayday::origin::sqlite
