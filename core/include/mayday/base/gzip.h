#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/inflate.h"
#include "mayday/base/result.h"

namespace mayday {

/// The CRC-32 of RFC 1952, eight bytes a step. Its tables, 8 KB, are made when it is: as constants they would be a fifth of
/// the edge module.
class Crc32 {
 public:
  Crc32();

  std::uint32_t of(std::string_view bytes) const;

 private:
  std::array<std::array<std::uint32_t, 256>, 8> tables_;
};

/// Decompresses gzip (RFC 1952): one member or several in a row, each with its header, CRC-32 and length verified.
class Gunzip {
 public:
  /// Appends what `compressed` holds to `out`, which is empty. `payload_too_large` past `bytes_max` bytes, found before they
  /// are written; `invalid_json` for anything that is not gzip from its first byte to its last: no content is taken for
  /// JSON that nobody sent. `out` is void after an error.
  Result<void> run(std::string_view compressed, std::size_t bytes_max, Buffer& out);

 private:
  Crc32 crc32_;
  Inflater inflater_;
};

}  // namespace mayday
