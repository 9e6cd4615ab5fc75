# Parsers of the model room, fuzzed.
add_fuzz_target(config model)
add_fuzz_target(safetensors model)
add_fuzz_target(index model support)
