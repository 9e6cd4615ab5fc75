# The program distill-filter.
add_script_test(filter_program cli/filter.sh)
add_script_test(filter_gsm8k cli/filter_gsm8k.sh)
