# distill-train from outside: its options, its output folder, and what a kill leaves.
if(TARGET distill-train)
  add_executable(make_tiny_model ${CMAKE_SOURCE_DIR}/tests/cli/make_tiny_model.c)
  target_link_libraries(make_tiny_model PRIVATE support)
  set_target_properties(make_tiny_model PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_script_test(train_cli cli/train.sh)
  add_script_test(train_options_cli cli/train_options.sh)
  add_script_test(train_kill faults/train_kill.sh)
endif()
