# Served teachers and judges: a server that misbehaves on purpose, and what the programs make of it.
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl libcrypto)
file(GLOB fake_teacher_sources CONFIGURE_DEPENDS support/fake_teacher*.c)
add_executable(fake_teacher ${fake_teacher_sources})
target_link_libraries(fake_teacher PRIVATE base PkgConfig::OPENSSL)
set_target_properties(fake_teacher PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
