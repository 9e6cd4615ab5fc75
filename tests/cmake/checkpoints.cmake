# Parsers of configurations and checkpoints, fuzzed.
add_fuzz_target(config model)
add_fuzz_target(safetensors checkpoint)
add_fuzz_target(index checkpoint support)
