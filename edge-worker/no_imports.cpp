// What would make the module import from its host is answered here, with a trap. libc++ and libc++abi print a last
// message before they abort, and that drags in fd_write, fd_seek and fd_close; nobody could read it at the edge.
#include <__verbose_abort>
#include <cstddef>

void std::__libcpp_verbose_abort(const char*, ...) { __builtin_trap(); }

extern "C" {
[[noreturn]] void abort_message(const char*, ...) { __builtin_trap(); }

// Debian's compiler-rt for wasm32 is built with -fstack-protector; its 128-bit division asks for these.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names are the compiler's.
unsigned long __stack_chk_guard = 0x5bd1'e995;
[[noreturn]] void __stack_chk_fail() { __builtin_trap(); }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

// The engine has an instruction for the first three; libc's own loops are two kilobytes, and these go over short texts.
void* memcpy(void* to, const void* from, std::size_t bytes) {
  __builtin_memcpy(to, from, bytes);
  return to;
}
void* memmove(void* to, const void* from, std::size_t bytes) {
  __builtin_memmove(to, from, bytes);
  return to;
}
void* memset(void* to, int value, std::size_t bytes) {
  __builtin_memset(to, value, bytes);
  return to;
}
void* memchr(const void* text, int wanted, std::size_t bytes) {
  const char* at = static_cast<const char*>(text);
  for (; bytes > 0; --bytes, ++at) {
    if (*at == static_cast<char>(wanted)) return const_cast<char*>(at);
  }
  return nullptr;
}
std::size_t strlen(const char* text) {
  std::size_t bytes = 0;
  while (text[bytes] != '\0') ++bytes;
  return bytes;
}
}
