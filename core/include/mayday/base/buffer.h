#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/bytes.h"

namespace mayday {

/// Bytes that grow. Kept from request to request, so that a warm path allocates nothing. When the system has no
/// memory left the program stops: what can ask for memory is bounded by `limits.h`.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept;
  /// Exchanges the two: each keeps room to be written anew.
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer();

  /// Room for `count` more bytes, which the caller fills and then `commit`s. Void after the next call.
  char* claim(std::size_t count) {
    if (capacity_ - size_ < count) grow(count);
    return data_ + size_;
  }
  void commit(std::size_t count) { size_ += count; }

  void append(std::string_view text);
  void append(char c) { *claim(1) = c, ++size_; }

  /// Forgets what was written past `size`, which must not be more than is there.
  void truncate(std::size_t size);
  void clear() { size_ = 0; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char* data() { return data_; }
  const char* data() const { return data_; }
  std::string_view view() const { return {data_, size_}; }
  std::string_view view_from(std::size_t start) const { return view().substr(start); }

 private:
  void grow(std::size_t count);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace mayday
