# distill score and distill doctor from outside. (make_tiny_model is built by training.cmake.)
add_script_test(score_cli cli/score.sh)
add_script_test(doctor_cli cli/doctor.sh)
