#include <string>
#include <vector>

#include "origin/store/append_sqlite.h"
#include "origin/store/columns_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/user_sets.h"

// The rollups' part of a transaction: what the tally holds is added to what the tables have.
namespace mayday::origin::sqlite {
namespace {

/// Binds whole numbers from the first parameter on, and runs.
Result<void> add(Statement& statement, std::initializer_list<std::int64_t> numbers) {
  int index = 1;
  for (std::int64_t number : numbers) statement.bind(index++, number);
  return statement.run();
}

}  // namespace

Result<void> Appender::write_minutes() {
  for (const auto& [key, occurrences] : tally_.minutes()) {
    const Tally::Dimension& names = key.dimension;
    const Result<std::int64_t> dimension = dimensions_.find({names.service, names.environment, names.release});
    if (!dimension) return dimension.error();
    Result<void> added = add(minute_, {key.minute, static_cast<std::int64_t>(key.level), *dimension, occurrences});
    if (!added) return added;
  }
  return {};
}

Result<void> Appender::write_patterns() {
  for (const auto& [key, count] : tally_.patterns()) {
    const Tally::Dimension& names = key.dimension;
    const Result<std::int64_t> dimension = dimensions_.find({names.service, names.environment, names.release});
    if (!dimension) return dimension.error();
    const auto add_to = [&](std::int64_t width) {
      return add(pattern_, {width, key.at / width * width, as_integer(key.fingerprint),
                            static_cast<std::int64_t>(key.level), *dimension, count.occurrences, count.last_seen_ms});
    };
    if (Result<void> added = add_to(span_minutes); !added) return added;
    for (const std::int64_t width : wider_minutes) {
      if (!is_rolled(width, key.at)) continue;
      if (Result<void> added = add_to(width); !added) return added;
    }
  }
  return {};
}

Result<void> Appender::write_errors() {
  for (const auto& [key, count] : tally_.errors()) {
    const auto kind = std::to_string(static_cast<int>(key.situation.kind));
    const Result<std::int64_t> situation = situations_.find({kind, key.situation.page, key.situation.action});
    if (!situation) return situation.error();
    const auto add_to = [&](std::int64_t width) {
      return add(error_, {width, key.at / width * width, *situation, as_integer(key.fingerprint), count.occurrences,
                          count.last_seen_ms});
    };
    if (Result<void> added = add_to(span_minutes); !added) return added;
    for (const std::int64_t width : wider_minutes) {
      if (!is_rolled(width, key.at)) continue;
      if (Result<void> added = add_to(width); !added) return added;
    }
  }
  return {};
}

Result<void> Appender::write_users() {
  for (const auto& [key, count] : tally_.users()) {
    Result<void> added = add(user_span_, {key.at, as_integer(key.user), count.errors, count.blocked, count.event});
    if (!added) return added;
  }
  for (const auto& [key, keys] : tally_.pattern_users()) {
    std::vector<std::int64_t> users = keys;
    const std::string set = to_user_set(users);
    user_set_.bind(1, as_integer(key.fingerprint));
    users.size() == 1 ? user_set_.bind(2, users[0]) : user_set_.bind_blob(2, set.data(), set.size());
    if (Result<void> added = user_set_.run(); !added) return added;
  }
  return {};
}

Result<void> Appender::write_faces() {
  for (const auto& [key, face] : tally_.faces()) {
    face_.bind(1, as_integer(key.fingerprint));
    face_.bind(2, face.row->message);
    face_.bind_optional(3, face.row->error_type);
    face_.bind(4, static_cast<std::int64_t>(face.row->error_kind));
    face_.bind_optional(5, face.row->page);
    face_.bind_optional(6, face.row->action);
    face_.bind(7, face.first_seen_ms);
    face_.bind(8, face.last_seen_ms);
    face_.bind(9, face.errors);
    if (Result<void> added = face_.run(); !added) return added;
  }
  return {};
}

}  // namespace mayday::origin::sqlite
