#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

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
  using Slots = std::array<std::uint64_t, names_max * 2>;

  std::size_t names_ = 0;
  std::unique_ptr<Slots> slots_;  ///< Open addressing, 0 is free. Allocated with the first name.
};

}  // namespace mayday
