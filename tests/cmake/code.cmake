# Verification of code: the sandbox's program must be built, readers are fuzzed, from import to verdict.
add_dependencies(test_sandbox distill-sandbox)
add_dependencies(test_code_verdict distill-sandbox)
add_dependencies(test_code_forgery distill-sandbox)
add_fuzz_target(code_tests verify)
add_script_test(code_cli cli/code.sh)
