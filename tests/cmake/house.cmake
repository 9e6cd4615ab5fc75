# Checks of the house itself.
add_script_test(layers check_layers.sh)
add_script_test(format check_format.sh)
