// distill/tensor/blas.c - loads OpenBLAS with dlopen and calls cblas_sgemm.
//
// The environment variables that the library reads when it is loaded are set for that moment and
// restored.
#include "distill/tensor/blas.h"

#include "distill/base/cpu_features.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The prototype of cblas.h, repeated so that the library need not be installed to build.
typedef void (*sgemm_fn)(int order, int ta, int tb, int M, int N, int K, float alpha,
                         const float *a, int lda, const float *b, int ldb, float beta, float *c,
                         int ldc);
enum { ROW_MAJOR = 101 };

static const char *const LIBRARIES[] = {"libopenblas.so.0", "libopenblas.so"};
static const char CORE_TYPE[] = "OPENBLAS_CORETYPE", ONE_THREAD[] = "OPENBLAS_NUM_THREADS";

static struct {
    sgemm_fn sgemm;
    blas_info info;
    char core_requested[64], problem[256], config[256];
} blas;

/// The newest kernels of OpenBLAS 0.3.21 that this processor can run; NULL: the library chooses.
static const char *core_type(const distill_cpu_features *cpu)
{
    if (cpu->avx512)
        return "SkylakeX";
    if (cpu->avx2)
        return strcmp(cpu->vendor, "AuthenticAMD") == 0 ? "Zen" : "Haswell";
    return NULL;
}

/// Opens the library with OPENBLAS_CORETYPE and OPENBLAS_NUM_THREADS set, and restores both.
static void *open_library(void)
{
    const char *core = core_type(distill_cpu());
    char *threads = getenv(ONE_THREAD);
    char *kept = threads != NULL ? strdup(threads) : NULL;
    void *library = NULL;
    blas.info.core_by_user = getenv(CORE_TYPE) != NULL;
    if (!blas.info.core_by_user && core != NULL)
        setenv(CORE_TYPE, core, 1);
    if (getenv(CORE_TYPE) != NULL)
        snprintf(blas.core_requested, sizeof blas.core_requested, "%s", getenv(CORE_TYPE));
    setenv(ONE_THREAD, "1", 1); // otherwise it starts threads of its own
    for (size_t i = 0; library == NULL && i < sizeof LIBRARIES / sizeof *LIBRARIES; i++) {
        library = dlopen(LIBRARIES[i], RTLD_NOW | RTLD_LOCAL);
        blas.info.library = LIBRARIES[i];
    }
    if (!blas.info.core_by_user)
        unsetenv(CORE_TYPE);
    if (kept != NULL)
        setenv(ONE_THREAD, kept, 1);
    else
        unsetenv(ONE_THREAD);
    free(kept);
    return library;
}

/// dlsym returns an object pointer, which C cannot cast to a function pointer; POSIX allows the
/// copy.
static void find(void *function, void *library, const char *name)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
}

static void load(void)
{
    char *(*get_config)(void) = NULL, *(*get_core)(void) = NULL;
    void (*set_threads)(int) = NULL;
    const char *requested = getenv("DISTILL_BLAS");
    bool disabled = requested != NULL && strcmp(requested, "none") == 0;
    void *library = disabled ? NULL : open_library();
    blas.info.config = blas.info.core = "";
    blas.info.core_requested = blas.core_requested;
    if (library != NULL)
        find(&blas.sgemm, library, "cblas_sgemm");
    if (blas.sgemm == NULL) {
        const char *why = disabled ? "DISTILL_BLAS=none" : dlerror();
        snprintf(blas.problem, sizeof blas.problem, "%s", why != NULL ? why : "no cblas_sgemm");
        blas.info.library = blas.problem;
        return;
    }
    blas.info.loaded = true;
    find(&set_threads, library, "openblas_set_num_threads");
    find(&get_config, library, "openblas_get_config");
    find(&get_core, library, "openblas_get_corename");
    if (set_threads != NULL)
        set_threads(1);
    if (get_config != NULL)
        snprintf(blas.config, sizeof blas.config, "%s", get_config());
    blas.info.config = blas.config;
    if (get_core != NULL)
        blas.info.core = get_core();
}

static void load_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
}

const blas_info *blas_describe(void)
{
    load_once();
    return &blas.info;
}

static bool preferred;

static void choose(void)
{
    const char *name = getenv("DISTILL_BLAS");
    bool plain = strcmp(kernel_set_chosen()->gemm->name, "plain") == 0;
    bool requested = name != NULL && strcmp(name, "openblas") == 0;
    preferred =
        (requested || (plain && getenv("DISTILL_KERNELS") == NULL)) && blas_describe()->loaded;
}

bool blas_preferred(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
    return preferred;
}

void blas_sgemm(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K, float alpha,
                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                size_t ldc)
{
    load_once();
    if (M == 0 || N == 0)
        return;
    if (blas.sgemm == NULL) {
        blas_sgemm_plain(ta, tb, M, N, K, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    blas.sgemm(ROW_MAJOR, (int)ta, (int)tb, (int)M, (int)N, (int)K, alpha, a, (int)lda, b, (int)ldb,
               beta, c, (int)ldc);
}

enum { PLAIN_ROWS = 48, PLAIN_COLS = 64, PLAIN_DEPTH = 128 }; // blocks: op(B) stays in the cache

/// panel (K, N) = alpha op(B)[k0 …, n0 …]
static void pack_panel(float *panel, blas_transpose tb, const float *b, size_t ldb, float alpha,
                       size_t k0, size_t n0, size_t K, size_t N)
{
    for (size_t k = 0; k < K; k++)
        for (size_t n = 0; n < N; n++)
            panel[k * PLAIN_COLS + n] =
                alpha *
                (tb == BLAS_TRANSPOSED ? b[(n0 + n) * ldb + k0 + k] : b[(k0 + k) * ldb + n0 + n]);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void blas_sgemm_plain(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K,
                      float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                      float beta, float *c, size_t ldc)
{
    const vector_kernels *kernels = kernel_set_chosen()->vector;
    size_t a_row = ta == BLAS_TRANSPOSED ? 1 : lda, a_col = ta == BLAS_TRANSPOSED ? lda : 1;
    _Alignas(64) float panel[PLAIN_DEPTH * PLAIN_COLS];
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n < N; n++)
            c[m * ldc + n] = beta == 0 ? 0 : beta * c[m * ldc + n];
    for (size_t n = 0; n < N; n += PLAIN_COLS)
        for (size_t k = 0; k < K; k += PLAIN_DEPTH) {
            small_product p = {.ldc = ldc,
                               .a_row = a_row,
                               .a_col = a_col,
                               .b = panel,
                               .ldb = PLAIN_COLS,
                               .N = least(PLAIN_COLS, N - n),
                               .K = least(PLAIN_DEPTH, K - k),
                               .add = true};
            pack_panel(panel, tb, b, ldb, alpha, k, n, p.K, p.N);
            for (size_t m = 0; m < M; m += PLAIN_ROWS) {
                p.c = c + m * ldc + n;
                p.a = a + m * a_row + k * a_col;
                p.M = least(PLAIN_ROWS, M - m);
                kernels->multiply_small(&p);
            }
        }
}
