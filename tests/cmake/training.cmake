# distill-train from outside: its options, its output folder, and what a kill leaves.
if(TARGET distill-train)
  add_executable(make_tiny_model ${CMAKE_SOURCE_DIR}/tests/cli/make_tiny_model.c)
  target_link_libraries(make_tiny_model PRIVATE support)
  set_target_properties(make_tiny_model PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_script_test(train_cli cli/train.sh)
  add_script_test(chat_templates_cli cli/chat_templates.sh)
  add_script_test(train_memory_cli cli/train_memory.sh)
  add_script_test(train_options_cli cli/train_options.sh)
  add_script_test(train_kill faults/train_kill.sh)
endif()
add_fuzz_target(json_sample student)

# How full the trainer's micro-batches become on real lengths.
add_executable(packing_report ${CMAKE_SOURCE_DIR}/tests/cli/packing_report.c)
target_link_libraries(packing_report PRIVATE student support)
set_target_properties(packing_report PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME packing_report COMMAND packing_report WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(packing_report PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77)

# Time and memory before the first step.
add_executable(training_start ${CMAKE_SOURCE_DIR}/tests/cli/training_start.c)
target_link_libraries(training_start PRIVATE student perf)
set_target_properties(training_start PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/tests/training_start_work)
add_test(NAME training_start COMMAND training_start training_start_work 40 2000 WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
set_tests_properties(training_start PROPERTIES TIMEOUT 120)
