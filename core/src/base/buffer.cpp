#include "mayday/base/buffer.h"

#include <cstdlib>
#include <utility>

#include "mayday/base/assert.h"

namespace mayday {

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

Buffer::~Buffer() { std::free(data_); }

void Buffer::truncate(std::size_t size) {
  MAYDAY_ASSERT(size <= size_);
  size_ = size;
}

void Buffer::grow(std::size_t count) {
  std::size_t capacity = capacity_ < 64 ? 64 : capacity_ * 2;
  while (capacity - size_ < count) capacity *= 2;
  char* data = static_cast<char*>(std::realloc(data_, capacity));
  MAYDAY_ASSERT(data != nullptr);
  data_ = data;
  capacity_ = capacity;
}

}  // namespace mayday
