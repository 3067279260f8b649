add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                    -Wold-style-cast -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns of impossible sizes inside its own std::string (GCC bugs 105329, 105651).
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                      -Wno-array-bounds -Wno-maybe-uninitialized)
endif()

# Same source, same bytes, wherever the checkout stands.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(SJ_SANITIZE)
  add_compile_options(-fsanitize=${SJ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SJ_SANITIZE})
  # The fuzzers' counters in every stage; programs without a fuzzer ignore them.
  if(SJ_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
  endif()
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
                      -ftrivial-auto-var-init=zero)
  add_compile_options($<$<CONFIG:RelWithDebInfo>:-D_FORTIFY_SOURCE=2>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)
  endif()
  add_link_options(-Wl,-z,relro,-z,now)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

find_program(SJ_MOLD mold)
if(SJ_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(SJ_CCACHE ccache)
if(SJ_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SJ_CCACHE})
endif()

if(SJ_PRECOMPILE)
  add_compile_options(-pthread)  # a precompiled header and its users must agree on it
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
  # What ccache asks for before it keeps what was compiled with such a header; no
  # source of ours reads __DATE__ or __TIME__.
  if(SJ_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${SJ_CCACHE})
  endif()
endif()
