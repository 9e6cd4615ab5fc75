// distill/base/cpu_features.c - instruction sets by CPUID and XGETBV.
//
// CPUID says what the processor supports, XGETBV which registers the operating system saves at a
// context switch. An instruction set is usable only if both support it.
// Source  Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 14.3 and 15.2.
#include "distill/base/cpu_features.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

enum { XCR0_AVX = 0x6, XCR0_AVX512 = 0xE6 }; // xmm + ymm; and opmask, upper zmm, zmm16-31

static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool bit(unsigned word, int index)
{
    return (word >> index & 1) != 0;
}

static void read_names(distill_cpu_features *cpu)
{
    unsigned a = 0, b = 0, c = 0, d = 0, words[12] = {0};
    __get_cpuid(0, &a, &b, &c, &d);
    memcpy(cpu->vendor, &b, 4);
    memcpy(cpu->vendor + 4, &d, 4);
    memcpy(cpu->vendor + 8, &c, 4);
    __get_cpuid(1, &a, &b, &c, &d);
    cpu->family = (a >> 8 & 15) + ((a >> 8 & 15) == 15 ? a >> 20 & 255 : 0);
    cpu->model = (a >> 4 & 15) | (a >> 16 & 15) << 4;
    if (!__get_cpuid(0x80000000, &a, &b, &c, &d) || a < 0x80000004)
        return;
    for (unsigned i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
                    &words[4 * i + 3]);
    memcpy(cpu->brand, words, sizeof words);
}

static void read_features(distill_cpu_features *cpu)
{
    unsigned a = 0, b = 0, c = 0, d = 0, basic = 0, saved;
    read_names(cpu);
    __get_cpuid(1, &a, &b, &basic, &d);
    if (!bit(basic, 27)) // OSXSAVE
        return;
    saved = saved_registers();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (saved & XCR0_AVX) != XCR0_AVX)
        return;
    cpu->avx2 = bit(b, 5) && bit(basic, 12) && bit(basic, 29);
    if ((saved & XCR0_AVX512) != XCR0_AVX512)
        return;
    cpu->avx512 = cpu->avx2 && bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);
    cpu->avx512_vnni = bit(c, 11);
    cpu->avx512_fp16 = bit(d, 23);
    cpu->amx = bit(d, 24);
    if (__get_cpuid_count(7, 1, &a, &b, &c, &d))
        cpu->avx512_bf16 = bit(a, 5);
}
#else
static void read_features(distill_cpu_features *cpu)
{
    (void)cpu;
}
#endif

static distill_cpu_features features;

static void detect(void)
{
    read_features(&features);
}

const distill_cpu_features *distill_cpu(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, detect);
    return &features;
}
