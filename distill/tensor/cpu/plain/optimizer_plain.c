// distill/tensor/cpu/plain/optimizer_plain.c - the kernels of optimizer_kernels.h, for any
// processor.
#include "distill/tensor/cpu/body/optimizer_kernels_body.h"

const optimizer_kernels optimizer_kernels_plain = OPTIMIZER_KERNELS("plain");
