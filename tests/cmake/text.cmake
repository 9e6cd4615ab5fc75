# Tools, fuzz tests and the speed measurement of distill/text.
add_fuzz_target(tokenizer_json text)
add_fuzz_target(jinja text)
add_executable(tokenizer_speed ${CMAKE_SOURCE_DIR}/bench/perf/tokenizer_speed.c)
target_link_libraries(tokenizer_speed PRIVATE perf)
set_target_properties(tokenizer_speed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_script_test(text_tools cli/text_tools.sh)
# Template programs compared with Python's Jinja2, where that is installed.
add_executable(jinja_render ${CMAKE_SOURCE_DIR}/tests/differential/jinja/jinja_render.c)
target_link_libraries(jinja_render PRIVATE text)
set_target_properties(jinja_render PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_script_test(jinja_pairs differential/jinja/jinja_pairs.sh)
