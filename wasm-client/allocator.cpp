// Memory for a module that keeps some hundred kilobytes at most: powers of two, each size with its own list of what was
// given back. A fifth of the code of Emscripten's smallest allocator, and every byte of it is in every page.
#include <emscripten/heap.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace {

struct Block {
  union {
    Block* next;             ///< While it is free,
    std::size_t size_class;  ///< while it is in use.
  };
};

constexpr std::size_t header_bytes = 8;  // Keeps what follows aligned for every type of ours.
constexpr std::size_t classes = 32;
Block* free_blocks[classes];

std::size_t class_of(std::size_t bytes) {
  return 32 - static_cast<std::size_t>(__builtin_clz(static_cast<std::uint32_t>((bytes + header_bytes - 1) | 15)));
}

}  // namespace

extern "C" {

extern char __heap_base;  // The linker's: behind the data and the stack.

static char* top = &__heap_base;

/// New memory, which the heap is grown for. There is no page that has no more: what is kept is bounded.
static char* take_top(std::size_t bytes) {
  char* taken = top;
  top += bytes;
  const auto end = reinterpret_cast<std::uintptr_t>(top);
  if (end > emscripten_get_heap_size() && !emscripten_resize_heap(end)) __builtin_trap();
  return taken;
}

void* malloc(std::size_t bytes) {
  const std::size_t size_class = class_of(bytes);
  Block* block = free_blocks[size_class];
  if (block != nullptr) {
    free_blocks[size_class] = block->next;
  } else {
    block = reinterpret_cast<Block*>(take_top(std::size_t{1} << size_class));
  }
  block->size_class = size_class;
  return reinterpret_cast<char*>(block) + header_bytes;
}

void free(void* memory) {
  if (memory == nullptr) return;
  Block* block = reinterpret_cast<Block*>(static_cast<char*>(memory) - header_bytes);
  const std::size_t size_class = block->size_class;
  block->next = free_blocks[size_class];
  free_blocks[size_class] = block;
}

void* realloc(void* memory, std::size_t bytes) {
  void* moved = malloc(bytes);
  if (memory != nullptr) {
    const Block* block = reinterpret_cast<Block*>(static_cast<char*>(memory) - header_bytes);
    const std::size_t kept = (std::size_t{1} << block->size_class) - header_bytes;
    std::memcpy(moved, memory, kept < bytes ? kept : bytes);
    free(memory);
  }
  return moved;
}
}

void* operator new(std::size_t bytes) { return malloc(bytes); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }
