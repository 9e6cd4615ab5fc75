# The program distill-filter.
add_script_test(filter_program cli/filter.sh)
add_script_test(filter_gsm8k cli/filter_gsm8k.sh)
add_executable(filter_speed ${CMAKE_SOURCE_DIR}/bench/perf/filter_speed.c)
target_link_libraries(filter_speed PRIVATE perf)
set_target_properties(filter_speed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
