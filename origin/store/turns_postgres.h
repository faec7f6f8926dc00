#pragma once

#include <optional>
#include <string>

#include "origin/sql/postgres_connection.h"

namespace mayday::origin::postgres {

/// Several origins that do something one after the other, by a lock in the PostgreSQL that they share. For one thread.
class Turns {
 public:
  /// `url` empty: nobody else is there, and it is always one's turn.
  explicit Turns(std::string url) : url_(std::move(url)) {}

  /// Waits for one's turn. An error: PostgreSQL can't be asked.
  Result<void> begin();

  /// A process that ends, or loses its connection, gives its turn away too.
  void end();

 private:
  std::string url_;
  std::optional<Connection> connection_;
};

}  // namespace mayday::origin::postgres
