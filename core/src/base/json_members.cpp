#include "mayday/base/json_members.h"

#include "mayday/base/entries.h"

namespace mayday::json {

bool Members::next() {
  if (!begun_ && reader_.kind() != Kind::object) return reader_.skip(), false;
  while (begun_ ? reader_.next_member() : reader_.first_member()) {
    begun_ = true;
    index_ = entry_index(names_, reader_.key());
    if (index_ != no_entry) return true;
    reader_.skip();
  }
  return false;
}

bool open_list(Reader& reader) {
  if (reader.kind() == Kind::array) return reader.first_element();
  reader.skip();
  return false;
}

std::string_view take_raw(Reader& reader) {
  const std::size_t from = reader.offset();
  reader.skip();
  return reader.failed() ? std::string_view() : reader.raw(from, reader.offset());
}

std::string_view raw_member(std::string_view text, std::string_view name) {
  Reader reader(text);
  Members members(reader, name);
  return members.next() ? take_raw(reader) : std::string_view();
}

std::string_view take_scalar(Reader& reader) {
  if (reader.kind() == Kind::string) return reader.string().bytes;
  if (reader.kind() == Kind::number) return reader.number().spelling;
  reader.skip();
  return {};
}

}  // namespace mayday::json
