#include "tests/origin/store_engines.h"

#include <utility>

namespace mayday::origin::test {
namespace {

class SqliteEngine final : public Engine {
 public:
  Result<std::unique_ptr<Store>> open(StoreOptions options) override {
    options.path = folder_.file("mayday.db");
    return open_sqlite_store(std::move(options));
  }

 private:
  Folder folder_;
};

}  // namespace

std::unique_ptr<Engine> make_engine(const std::string&) { return std::make_unique<SqliteEngine>(); }

}  // namespace mayday::origin::test
