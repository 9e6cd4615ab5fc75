# Checks of the house itself.
add_script_test(layers check_layers.sh)
add_script_test(format check_format.sh)
add_script_test(common_flags cli/common.sh)
add_script_test(docs_are_current cli/docs_are_current.sh)
add_script_test(manual cli/manual.sh)
add_script_test(recipe cli/recipe.sh)
add_script_test(end_to_end cli/end_to_end.sh)
# The installed programs and the installed library, used by a program outside.
add_script_test(install install/install.sh)
# The documentation: its commands run or at least name flags that exist, its links lead somewhere.
add_script_test(tutorial docs/tutorial.sh)
add_script_test(docs_are_true docs/check_docs.sh)
# The examples in the opening comments of the headers compile.
add_script_test(examples docs/examples.sh)
