# Verification of code: tests that run programs in the sandbox need its program.
add_dependencies(test_sandbox distill-sandbox)
add_dependencies(test_code_verdict distill-sandbox)
