# The numerical reference; DISTILL_ORACLE_DIR names another folder of fixtures.
add_executable(test_oracle ${CMAKE_SOURCE_DIR}/tests/oracle/test_oracle.c
                           ${CMAKE_SOURCE_DIR}/tests/oracle/oracle_fixture.c)
target_link_libraries(test_oracle PRIVATE support train)
set_target_properties(test_oracle PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME oracle COMMAND test_oracle WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(oracle PROPERTIES LABELS oracle TIMEOUT ${unit_timeout} SKIP_RETURN_CODE 77
                     ENVIRONMENT "${DISTILL_TEST_ENV}")
# The same without OpenBLAS and without vector instructions.
add_test(NAME oracle_plain COMMAND test_oracle WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(oracle_plain PROPERTIES LABELS oracle TIMEOUT ${unit_timeout} SKIP_RETURN_CODE 77
                     ENVIRONMENT "${DISTILL_TEST_ENV};DISTILL_BLAS=none;DISTILL_KERNELS=plain")
