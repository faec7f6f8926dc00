# mayday::options: what every target of ours is compiled with.
# mayday::portable: what the core and its shells add, so that three compilers take it and behave alike.

add_library(mayday_options INTERFACE)
add_library(mayday::options ALIAS mayday_options)
# A designated initialiser names what differs from the default; the warning wants the rest repeated.
target_compile_options(mayday_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                -Wno-missing-field-initializers)
# Of whoever builds the npm package's copy nobody knows the compiler, and what it warns of.
if(NOT EMSCRIPTEN AND NOT MAYDAY_EDGE AND EXISTS ${CMAKE_SOURCE_DIR}/tests)
  target_compile_options(mayday_options INTERFACE -Werror)
endif()

option(MAYDAY_SANITIZE "AddressSanitizer, UndefinedBehaviorSanitizer and the fuzzers (clang)" OFF)
if(MAYDAY_SANITIZE)
  # The fuzzers look for new ways through the core, not through their own few lines: it counts its edges too. It has no RTTI,
  # by which `vptr` tells types.
  target_compile_options(mayday_options INTERFACE -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize=vptr
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mayday_options INTERFACE -fsanitize=address,undefined,fuzzer-no-link)
endif()

add_library(mayday_portable INTERFACE)
add_library(mayday::portable ALIAS mayday_portable)
target_compile_options(mayday_portable INTERFACE -fno-exceptions -fno-rtti)
target_link_libraries(mayday_portable INTERFACE mayday::options)
