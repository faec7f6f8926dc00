#pragma once

#include <string>

#include "mayday/base/result.h"
#include "origin/store/append_queue.h"
#include "origin/store/day_files_sqlite.h"

namespace mayday::origin::sqlite {

/// Before there was a file a day, `database_path` held all events. Where it still does, it is moved into the folder of days,
/// its events go through `writer` into the files of their days, and then it is deleted. Interrupted, it goes on at the next
/// start; two processes that start together do it once.
Result<void> adopt_single_file(const std::string& database_path, const DayFiles& files, AppendQueue::Writer& writer);

}  // namespace mayday::origin::sqlite
