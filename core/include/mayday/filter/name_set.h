#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mayday {

/// Which names the objects of one value have had. Constant time for each, bounded: past `names_max` of them every name
/// counts as repeated. Names are told apart by 64 bits of a hash; whoever makes two collide has his own value refused.
class NameSet {
 public:
  /// More than a payload of `payload_bytes_max` can spell.
  static constexpr std::size_t names_max = 1'024;

  void clear();

  /// False if the object of that number has had `name` before.
  bool insert(std::string_view name, std::uint64_t object);

 private:
  std::size_t names_ = 0;
  std::vector<std::uint64_t> slots_;  ///< Open addressing, 0 is free. Allocated with the first name.
};

}  // namespace mayday
