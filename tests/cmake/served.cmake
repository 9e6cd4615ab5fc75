# Teachers and judges behind servers: a server with faults, and the programs that sample from it.
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl libcrypto)
file(GLOB fake_teacher_sources CONFIGURE_DEPENDS support/fake_teacher*.c)
add_executable(fake_teacher ${fake_teacher_sources})
target_link_libraries(fake_teacher PRIVATE base PkgConfig::OPENSSL PkgConfig::ZLIB)
# compares traces with its replies
add_executable(served_check faults/served_check.c support/fake_teacher_reply.c)
target_link_libraries(served_check PRIVATE traces)
set_target_properties(fake_teacher served_check PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                                           ${CMAKE_BINARY_DIR}/tests)
add_executable(peak_memory faults/peak_memory.c)
set_target_properties(peak_memory PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_script_test(served_faults faults/served_faults.sh)
add_script_test(served_modes faults/served_modes.sh)
add_script_test(served_secrets faults/served_secrets.sh)
add_script_test(served_limits faults/served_limits.sh)
add_script_test(served_kill faults/served_kill.sh)
add_script_test(served_judge faults/served_judge.sh)
add_script_test(retry_failed cli/retry_failed.sh)
