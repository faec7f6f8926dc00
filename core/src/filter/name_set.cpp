#include "mayday/filter/name_set.h"

#include "mayday/base/hash.h"

namespace mayday {

void NameSet::clear() {
  if (names_ > 0) slots_.assign(slots_.size(), 0);
  names_ = 0;
}

bool NameSet::insert(std::string_view name, std::uint64_t object) {
  if (slots_.empty()) slots_.resize(names_max * 2);
  if (names_ == names_max) return false;
  const std::uint64_t hash = hash_bytes(name, mix(object + 1)) | 1;
  std::size_t at = (hash >> 32) % slots_.size();
  for (; slots_[at] != 0; at = (at + 1) % slots_.size()) {
    if (slots_[at] == hash) return false;
  }
  slots_[at] = hash;
  ++names_;
  return true;
}

}  // namespace mayday
