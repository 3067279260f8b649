# One static library per stage, its tests in one program beside it.
#   sj_stage(read SOURCES a.cc b.cc TESTS a_test.cc LINKS sj_core PkgConfig::icu)
function(sj_stage name)
  cmake_parse_arguments(arg "" "" "SOURCES;TESTS;LINKS" ${ARGN})
  add_library(sj_${name} STATIC ${arg_SOURCES})
  target_include_directories(sj_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(sj_${name} PUBLIC ${arg_LINKS})
  if(SJ_TESTS AND arg_TESTS)
    add_executable(${name}_tests ${arg_TESTS})
    target_link_libraries(${name}_tests PRIVATE sj_${name} GTest::gtest_main)
    target_precompile_headers(${name}_tests PRIVATE <gtest/gtest.h>)
    target_compile_definitions(${name}_tests PRIVATE SJ_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60)
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
