// Memory for a module that keeps some megabytes at most, in few pieces that live long: sizes in steps of a quarter, each with
// its own list of what was given back. libc's allocator is a tenth of the module.
#include <cstddef>
#include <cstdint>
#include <new>

namespace {

struct Block {
  union {
    Block* next;             ///< While it is free,
    std::size_t size_class;  ///< while it is in use.
  };
};

constexpr std::size_t header_bytes = 16;  // Keeps what follows aligned for every type.
constexpr std::size_t page_bytes = 64 * 1024;
constexpr std::size_t bytes_max = std::size_t{1} << 30;
constexpr std::size_t classes = 128;
Block* free_blocks[classes];

/// Four sizes between a power of two and the next: at most a quarter of a block is not used.
constexpr std::size_t bytes_of(std::size_t size_class) { return (4 + size_class % 4) << size_class / 4; }

/// The smallest that holds `bytes`, which are at least 16.
std::size_t class_of(std::size_t bytes) {
  const auto exponent = 29 - static_cast<std::size_t>(__builtin_clz(static_cast<std::uint32_t>(bytes)));
  const std::size_t size_class = exponent * 4 + (bytes >> exponent) - 4;
  return bytes_of(size_class) < bytes ? size_class + 1 : size_class;
}

}  // namespace

// The linker's: behind the data and the stack.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" char __heap_base;

namespace {

std::uintptr_t top = 0;

/// New memory, which the module is grown for. Where it may not grow further it traps, and the host begins with a new one.
Block* take_top(std::size_t bytes) {
  if (top == 0) top = (reinterpret_cast<std::uintptr_t>(&__heap_base) + 15) & ~std::uintptr_t{15};
  bytes = (bytes + 15) & ~std::size_t{15};
  const std::size_t held = __builtin_wasm_memory_size(0) * page_bytes;
  if (top + bytes > held) {
    const std::size_t pages = (top + bytes - held + page_bytes - 1) / page_bytes;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) __builtin_trap();
  }
  const std::uintptr_t taken = top;
  top += bytes;
  return reinterpret_cast<Block*>(taken);  // NOLINT(performance-no-int-to-ptr): memory begins as a number here.
}

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes > bytes_max) __builtin_trap();
  const std::size_t size_class = class_of(bytes + header_bytes);
  Block* block = free_blocks[size_class];
  if (block != nullptr)
    free_blocks[size_class] = block->next;
  else
    block = take_top(bytes_of(size_class));
  block->size_class = size_class;
  return reinterpret_cast<char*>(block) + header_bytes;
}

void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  Block* block = reinterpret_cast<Block*>(static_cast<char*>(memory) - header_bytes);
  const std::size_t size_class = block->size_class;
  block->next = free_blocks[size_class];
  free_blocks[size_class] = block;
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
