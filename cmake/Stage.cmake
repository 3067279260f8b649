# One for the libraries and one for the tests: programs are not compiled as libraries
# are (-fPIE, -fPIC), and a precompiled header is of one kind. The tests' own code is
# neither measured by a fuzzer nor worth much of an optimiser's time.
if(SJ_PRECOMPILE)
  foreach(kind libraries tests)
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/precompiled_${kind}.cc CONTENT "")
    add_library(sj_precompiled_${kind} OBJECT ${CMAKE_BINARY_DIR}/precompiled_${kind}.cc)
    target_link_libraries(sj_precompiled_${kind} PRIVATE tl::expected fmt::fmt)
    target_precompile_headers(sj_precompiled_${kind} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
  endforeach()
  set(SJ_TEST_OPTIONS -O1)
  if(SJ_FUZZ)
    list(APPEND SJ_TEST_OPTIONS -fno-sanitize=fuzzer-no-link)
  endif()
  target_compile_options(sj_precompiled_tests PRIVATE -fPIE ${SJ_TEST_OPTIONS})
  if(SJ_TESTS)
    target_link_libraries(sj_precompiled_tests PRIVATE GTest::gtest_main)
    target_precompile_headers(sj_precompiled_tests PRIVATE <gtest/gtest.h>)
  endif()
endif()

# One static library per stage, its tests in one program beside it.
#   sj_stage(read SOURCES a.cc b.cc TESTS a_test.cc LINKS sj_core PkgConfig::icu)
# Each test runs in a process of its own, except the suites in TOGETHER, which
# share something that takes long to make.
function(sj_stage name)
  cmake_parse_arguments(arg "" "" "SOURCES;TESTS;LINKS;TOGETHER" ${ARGN})
  add_library(sj_${name} STATIC ${arg_SOURCES})
  target_include_directories(sj_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(sj_${name} PUBLIC ${arg_LINKS})
  if(SJ_PRECOMPILE)
    target_precompile_headers(sj_${name} REUSE_FROM sj_precompiled_libraries)
  endif()
  if(SJ_TESTS AND arg_TESTS)
    add_executable(${name}_tests ${arg_TESTS})
    target_link_libraries(${name}_tests PRIVATE sj_${name} GTest::gtest_main)
    if(SJ_PRECOMPILE)
      target_precompile_headers(${name}_tests REUSE_FROM sj_precompiled_tests)
      target_compile_options(${name}_tests PRIVATE ${SJ_TEST_OPTIONS})
    else()
      target_precompile_headers(${name}_tests PRIVATE <gtest/gtest.h>)
    endif()
    target_compile_definitions(${name}_tests PRIVATE SJ_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    list(TRANSFORM arg_TOGETHER APPEND ".*" OUTPUT_VARIABLE together)
    list(JOIN together ":" together)
    foreach(suite ${arg_TOGETHER})
      add_test(NAME ${name}.${suite} COMMAND ${name}_tests --gtest_filter=${suite}.*)
    endforeach()
    gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. TEST_FILTER "*-${together}"
      DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

# Compiles data files into a stage, as std::string_view constants listed in a
# generated header: sj_embed(shape profiles.h SJ_PROFILES profiles/*.yaml).
function(sj_embed name header symbol)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated/${name}/${header})
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/embed.py ${out} ${symbol} ${CMAKE_CURRENT_SOURCE_DIR} ${ARGN}
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/scripts/embed.py
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} VERBATIM)
  target_sources(sj_${name} PRIVATE ${out})
  target_include_directories(sj_${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
