#include "mayday/base/buffer.h"

#include <cstring>
#include <new>
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

Buffer::~Buffer() { ::operator delete(data_); }

// One of it is enough: inlined wherever a text is written, the copying would be a third of a module.
[[gnu::noinline]] void Buffer::append(std::string_view text) {
  bytes::copy(claim(text.size()), text.data(), text.size());
  size_ += text.size();
}

void Buffer::truncate(std::size_t size) {
  MAYDAY_ASSERT(size <= size_);
  size_ = size;
}

[[gnu::noinline]] void Buffer::grow(std::size_t count) {
  std::size_t capacity = capacity_ < 64 ? 64 : capacity_ * 2;
  while (capacity - size_ < count) capacity *= 2;
  // Not by realloc: the modules have no allocator but the one behind operator new.
  char* data = static_cast<char*>(::operator new(capacity));
  if (size_ > 0) std::memcpy(data, data_, size_);
  ::operator delete(data_);
  data_ = data;
  capacity_ = capacity;
}

}  // namespace mayday
