# distill-gen: options, output directory, and kills.
if(TARGET distill-gen)
  add_executable(trace_digest ${CMAKE_SOURCE_DIR}/tests/cli/trace_digest.c)
  target_link_libraries(trace_digest PRIVATE traces)
  set_target_properties(trace_digest PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_script_test(gen_cli cli/gen.sh)
  add_script_test(gen_kill faults/gen_kill.sh)
endif()
# Responses of servers, fuzzed.
add_fuzz_target(chat openai)
