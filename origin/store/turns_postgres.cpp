#include "origin/store/turns_postgres.h"

namespace mayday::origin::postgres {

Result<void> Turns::begin() {
  if (url_.empty()) return {};
  if (!connection_ || !connection_->is_alive()) {
    connection_.reset();
    Result<Connection> opened = Connection::open(url_);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
  }
  // Of a transaction, not of a session: a pooler may give each transaction another session.
  const Result<Rows> locked = connection_->run("BEGIN; SELECT pg_advisory_xact_lock(6239044, 0)");
  return locked ? Result<void>() : Result<void>(locked.error());
}

void Turns::end() {
  if (connection_) (void)connection_->run("ROLLBACK");
}

}  // namespace mayday::origin::postgres
