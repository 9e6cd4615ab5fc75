# The verifier, fuzzed, and its figures on labelled cases.
add_fuzz_target(math verify)
