# The edge module: wasm32-wasi by Debian's clang-19, or by a wasi-sdk at $WASI_SDK_PREFIX.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(MAYDAY_EDGE ON)

if(DEFINED ENV{WASI_SDK_PREFIX})
  set(CMAKE_CXX_COMPILER $ENV{WASI_SDK_PREFIX}/bin/clang++)
  set(CMAKE_SYSROOT $ENV{WASI_SDK_PREFIX}/share/wasi-sysroot)
else()
  set(CMAKE_CXX_COMPILER clang++-19)
endif()
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_FLAGS_INIT "-stdlib=libc++")
set(CMAKE_CXX_COMPILER_WORKS TRUE)  # CMake's own trial links a program with a main, or asks for this target's archiver.
# No -O here: it would stand at the link too, where clang-19 runs whatever wasm-opt it finds in PATH.
set(CMAKE_CXX_FLAGS_RELEASE "-DNDEBUG" CACHE STRING "")
