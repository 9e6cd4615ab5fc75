# The program distill-bench on a tiny random checkpoint.
add_executable(bench_tiny_model ${CMAKE_SOURCE_DIR}/tests/cli/bench_tiny_model.c)
target_link_libraries(bench_tiny_model PRIVATE support)
set_target_properties(bench_tiny_model PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_script_test(bench_program cli/bench.sh)
