# Compile options of the kernels: each file of cpu/x86/ for its instruction set. Other processors leave these
# files out, and kernel_set.c offers the plain kernels alone.
include(CheckCSourceCompiles)
check_c_source_compiles("#ifndef __x86_64__\n#error\n#endif\nint main(void) { return 0; }" DISTILL_X86_64)

set(kernels ${CMAKE_SOURCE_DIR}/distill/tensor/cpu)
set(AVX2 -mavx2 -mfma -mf16c)
set(AVX512 ${AVX2} -mavx512f -mavx512dq -mavx512bw -mavx512vl)

# kernel_options(OPTION... FILES FILE...): relative to cpu/
function(kernel_options)
  cmake_parse_arguments(arg "" "" "FILES" ${ARGN})
  list(TRANSFORM arg_FILES PREPEND ${kernels}/)
  set_property(SOURCE ${arg_FILES} APPEND PROPERTY COMPILE_OPTIONS ${arg_UNPARSED_ARGUMENTS})
endfunction()

if(DISTILL_X86_64)
  set_property(SOURCE ${kernels}/kernel_set.c APPEND PROPERTY COMPILE_DEFINITIONS DISTILL_X86_KERNELS)
  kernel_options(${AVX2} FILES x86/decode_avx2.c x86/gemm_avx2.c x86/int8_avx2.c x86/vector_avx2.c
                               x86/optimizer_avx2.c)
  kernel_options(${AVX512} FILES x86/decode_avx512.c x86/gemm_avx512.c x86/vector_avx512.c)
  kernel_options(${AVX512} -mavx512vnni FILES x86/int8_vnni.c)
else()
  get_target_property(sources tensor SOURCES)
  list(FILTER sources EXCLUDE REGEX "/cpu/x86/")
  set_property(TARGET tensor PROPERTY SOURCES ${sources})
endif()

# Loops that the compiler vectorises. Without errno a square root is one instruction.
if(NOT DISTILL_SANITIZE)
  kernel_options(-O3 FILES plain/optimizer_plain.c x86/optimizer_avx2.c ../dtype.c ../panel_matrix.c)
endif()
kernel_options(-fno-math-errno FILES plain/optimizer_plain.c x86/optimizer_avx2.c)
