# How fast products are, beside OpenBLAS; the test only sees that the program works.
add_executable(gemm_speed ${CMAKE_SOURCE_DIR}/bench/perf/gemm_speed.c)
target_link_libraries(gemm_speed PRIVATE perf)
set_target_properties(gemm_speed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME gemm_speed COMMAND gemm_speed 0.001 T)
set_tests_properties(gemm_speed PROPERTIES TIMEOUT 120)

# The door to OpenBLAS, which large products take only on request.
add_test(NAME matmul_openblas COMMAND test_matmul WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(matmul_openblas PROPERTIES TIMEOUT 120 ENVIRONMENT "DISTILL_BLAS=openblas")

# Plain C, which leaves large products to OpenBLAS unless it is named.
add_test(NAME matmul_plain COMMAND test_matmul WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(matmul_plain PROPERTIES LABELS unit TIMEOUT ${unit_timeout} ENVIRONMENT "DISTILL_KERNELS=plain")

# How fast attention is; the test only sees that the program works.
add_executable(attention_speed ${CMAKE_SOURCE_DIR}/bench/perf/attention_speed.c)
target_link_libraries(attention_speed PRIVATE perf)
set_target_properties(attention_speed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME attention_speed COMMAND attention_speed 0.001 T)
set_tests_properties(attention_speed PROPERTIES TIMEOUT 120)
