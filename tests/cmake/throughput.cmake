# The measuring program, on its smallest parts.
add_script_test(throughput_cli cli/throughput.sh)
