# Pairs of answers that are equal or different by construction. A part of them runs here; by hand:
# build/tests/verifier_pairs --pairs 5000 --list 20
file(GLOB differential_sources CONFIGURE_DEPENDS differential/*.c)
add_executable(verifier_pairs ${differential_sources})
target_link_libraries(verifier_pairs PRIVATE verify)
add_dependencies(verifier_pairs distill-sandbox)
set_target_properties(verifier_pairs PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME verifier_pairs COMMAND verifier_pairs --pairs 200 --check --list 3
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(verifier_pairs PROPERTIES LABELS unit TIMEOUT ${unit_timeout} SKIP_RETURN_CODE 77
                     ENVIRONMENT "${DISTILL_TEST_ENV}")
