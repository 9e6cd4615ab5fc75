# Pairs of answers that are equal or different by construction. The first of each kind run here; by
# hand, for the table of all kinds and the disagreements: build/tests/verifier_pairs --list 20
file(GLOB differential_sources CONFIGURE_DEPENDS differential/*.c)
add_executable(verifier_pairs ${differential_sources})
target_link_libraries(verifier_pairs PRIVATE verify m)
add_dependencies(verifier_pairs distill-sandbox)
set_target_properties(verifier_pairs PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME verifier_pairs COMMAND verifier_pairs --pairs 200 --no-programs --check --list 2)
add_test(NAME verifier_pairs_code COMMAND verifier_pairs --pairs 24 --kind program --check --list 2)
set_tests_properties(verifier_pairs verifier_pairs_code PROPERTIES LABELS unit TIMEOUT ${unit_timeout}
                     WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} ENVIRONMENT "${DISTILL_TEST_ENV}")
