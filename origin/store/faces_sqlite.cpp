#include "origin/store/faces_sqlite.h"

#include "origin/store/columns_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

Result<void> look(Database& database, std::span<const std::uint64_t> fingerprints, Faces& faces) {
  Result<Statement> statement = database.prepare(
      "SELECT message, error_type, error_kind, page, action, first_seen_ms FROM patterns WHERE fingerprint = ?1");
  if (!statement) return statement.error();
  for (const std::uint64_t fingerprint : fingerprints) {
    if (faces.contains(fingerprint)) continue;
    statement->bind(1, as_integer(fingerprint));
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (*has_row) {
      const auto kind = static_cast<std::uint64_t>(statement->integer(2)) % error_kinds_count;
      faces.emplace(fingerprint, Face{.message = statement->text(0),
                                      .error_type = statement->text(1),
                                      .kind = static_cast<ErrorKind>(kind),
                                      .page = statement->text(3),
                                      .action = statement->text(4),
                                      .first_seen = {statement->integer(5)}});
    }
    statement->reset();
  }
  return {};
}

}  // namespace

Result<Faces> find_faces(Readers& readers, std::span<const std::uint64_t> fingerprints, std::int64_t deadline_ms) {
  Faces faces;
  for (const std::int64_t day : readers.files().days()) {
    if (faces.size() == fingerprints.size()) break;
    Result<void> looked =
        readers.ask(day, deadline_ms, [&](Database& database) { return look(database, fingerprints, faces); });
    if (!looked) return looked.error();
  }
  return faces;
}

}  // namespace mayday::origin::sqlite
