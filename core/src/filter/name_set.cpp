#include "mayday/filter/name_set.h"

#include "mayday/base/hash.h"

namespace mayday {

void NameSet::clear() {
  if (names_ > 0) slots_->fill(0);
  names_ = 0;
}

bool NameSet::insert(std::string_view name, std::uint64_t object) {
  if (!slots_) slots_ = std::make_unique<Slots>();
  if (names_ == names_max) return false;
  const std::uint64_t hash = hash_bytes(name, mix(object + 1)) | 1;
  Slots& slots = *slots_;
  std::size_t at = (hash >> 32) % slots.size();
  for (; slots[at] != 0; at = (at + 1) % slots.size()) {
    if (slots[at] == hash) return false;
  }
  slots[at] = hash;
  ++names_;
  return true;
}

}  // namespace mayday
