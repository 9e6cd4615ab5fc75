# The built-in problems and what is shipped for them, from outside.
if(TARGET distill-train)
  add_script_test(problems_cli cli/problems.sh)
endif()
