# The verifier: its parser and searches fuzzed, `distill verify` from outside, and its speed by kind of answer.
add_fuzz_target(math verify)
add_script_test(verify_cli cli/verify.sh)
add_executable(verifier_speed ${CMAKE_SOURCE_DIR}/bench/perf/verifier_speed.c)
target_link_libraries(verifier_speed PRIVATE perf)
set_target_properties(verifier_speed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME verifier_speed COMMAND verifier_speed 0.01)
set_tests_properties(verifier_speed PROPERTIES TIMEOUT 60)
