// datasets/tools/tool_doctor.c - `distill doctor`: reports the processor, the libraries and the
// kernels of this machine, which of them are used, and whether the sandbox works.
#include "datasets/sandbox/sandbox.h"
#include "datasets/tools/dataset_tools.h"
#include "distill/base/cpu_features.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/threads.h"
#include "distill/tensor/kernel_choice.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct doctor_options {
    distill_common_options common;
    bool json, measure;
} doctor_options;

static const doctor_options DOCTOR_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .measure = true};

#define AT(field) offsetof(doctor_options, field)
static const distill_option DOCTOR_ROWS[] = {
    {.section = "Report"},
    {.name = "json", .type = DISTILL_OPT_FLAG, .offset = AT(json), .help = "print one JSON object"},
    {.name = "measure",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(measure),
     .help = "measure a few matrix products (about a second)"},
    DISTILL_COMMON_ROWS,
};

static int run_doctor(int argc, char **argv);

const distill_program TOOL_DOCTOR = {
    .name = "distill doctor",
    .summary = "report the processor, libraries and kernels of this machine, and those in use",
    .usage = "distill doctor [--json] [--no-measure] [options]",
    .epilog = "The fastest kernels are chosen, unless these environment variables are set:\n"
              "OPENBLAS_CORETYPE (kernels of OpenBLAS), DISTILL_BLAS=none (OpenBLAS is not used),\n"
              "DISTILL_KERNELS=avx512|avx2|plain (own kernels).",
    .options = DOCTOR_ROWS,
    .option_count = sizeof DOCTOR_ROWS / sizeof *DOCTOR_ROWS,
    .defaults = &DOCTOR_DEFAULTS,
    .size = sizeof DOCTOR_DEFAULTS,
    .main = run_doctor,
};

/// The report: lines on stdout, or members of a JSON object that is printed at the end.
typedef struct doctor_report {
    bool as_json;
    distill_text text;
    distill_json_writer json; // to `text`
} doctor_report;

/// Adds a line: `key`, and the value made as printf makes it.
static void DISTILL_PRINTF(3, 4)
    report_line(doctor_report *r, const char *key, const char *format, ...)
{
    char value[512];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (r->as_json)
        distill_json_add_string(&r->json, key, value);
    else
        printf("%-22s%s\n", key, value);
}

// --- the machine ---------------------------------------------------------------------------------

static void report_machine(doctor_report *r)
{
    const distill_cpu_features *cpu = distill_cpu();
    char bytes[32];
    report_line(r, "processor", "%s (%s, family %u, model %u)",
                cpu->brand[0] != '\0' ? cpu->brand : "unknown",
                cpu->vendor[0] != '\0' ? cpu->vendor : "unknown vendor", cpu->family, cpu->model);
    report_line(r, "cores", "%d usable here, %d threads would be used", distill_cores(),
                distill_threads());
    report_line(r, "instruction sets", "%s%s%s%s%s%s%s", cpu->avx2 ? "AVX2 FMA F16C" : "",
                cpu->avx512 ? " AVX-512 F/DQ/BW/VL" : "", cpu->avx512_vnni ? " VNNI" : "",
                cpu->avx512_bf16 ? " BF16" : "", cpu->avx512_fp16 ? " FP16" : "",
                cpu->amx ? " AMX" : "", cpu->avx2 ? "" : "none of AVX2, AVX-512");
    report_line(r, "memory", "%s available",
                distill_format_bytes(bytes, sizeof bytes, (double)distill_memory_available()));
}

// --- libraries -----------------------------------------------------------------------------------

// Versions are looked up by symbol at run time: each library is included by one file only, and a
// library that is not linked is not reported.
typedef const char *(*version_fn)(void);
typedef const char *(*numbered_version_fn)(int which);
typedef int (*hdf5_version_fn)(unsigned *major, unsigned *minor, unsigned *release);
typedef int (*pcre2_config_fn)(uint32_t what, void *where);

static const struct library {
    const char *name, *symbol;
} LIBRARIES[] = {
    {"zstd", "ZSTD_versionString"}, {"cJSON", "cJSON_Version"}, {"utf8proc", "utf8proc_version"}};

/// Sets the function pointer at `function`; false if no linked library has the symbol.
static bool find_symbol(void *function, const char *symbol)
{
    void *found = dlsym(RTLD_DEFAULT, symbol);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static void report_libraries(doctor_report *r)
{
    enum { PCRE2_VERSION_STRING = 11 }; // PCRE2_CONFIG_VERSION
    version_fn version;
    numbered_version_fn openssl;
    hdf5_version_fn hdf5;
    pcre2_config_fn pcre2;
    char text[128];
    unsigned part[3];
    if (find_symbol(&hdf5, "H5get_libversion") && hdf5(&part[0], &part[1], &part[2]) >= 0)
        report_line(r, "HDF5", "%u.%u.%u", part[0], part[1], part[2]);
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++)
        if (find_symbol(&version, LIBRARIES[i].symbol))
            report_line(r, LIBRARIES[i].name, "%.*s", (int)strcspn(version(), " "), version());
    if (find_symbol(&pcre2, "pcre2_config_8") && pcre2(PCRE2_VERSION_STRING, text) > 0)
        report_line(r, "PCRE2", "%s", text);
    if (find_symbol(&openssl, "OpenSSL_version"))
        report_line(r, "OpenSSL", "%s", openssl(0));
}

// --- arithmetic ----------------------------------------------------------------------------------

static void report_blas(doctor_report *r, const distill_kernel_choice *choice)
{
    if (!choice->blas_loaded) {
        report_line(r, "OpenBLAS", "not used (%s); not needed with own kernels for avx2 or avx512",
                    choice->blas_library);
        return;
    }
    report_line(r, "OpenBLAS", "%s: %s", choice->blas_library, choice->blas_config);
    if (choice->core_by_user)
        report_line(r, "OpenBLAS kernels", "%s (set by OPENBLAS_CORETYPE=%s)", choice->blas_core,
                    choice->core_requested);
    else if (choice->core_requested[0] != '\0')
        report_line(r, "OpenBLAS kernels", "%s (chosen for this processor: OPENBLAS_CORETYPE=%s)",
                    choice->blas_core, choice->core_requested);
    else
        report_line(r, "OpenBLAS kernels", "%s (the library's own choice)", choice->blas_core);
}

static const struct shape {
    const char *name;
    size_t N, inputs, outputs;
} SHAPES[] = {{"matmul, square", 1024, 1024, 1024},
              {"matmul, small model", 4096, 128, 384},
              {"matmul, large model", 512, 896, 4864}};

static void report_arithmetic(doctor_report *r, bool measure)
{
    distill_kernel_choice choice = distill_kernel_choice_get();
    report_line(r, "own loops", "%s%s", choice.kernels,
                choice.kernels_by_user ? " (set by DISTILL_KERNELS)" : "");
    report_line(r, "large products", "%s",
                choice.blas_preferred ? "OpenBLAS"
                                      : "own loops (DISTILL_BLAS=openblas: with OpenBLAS)");
    report_blas(r, &choice);
    for (size_t i = 0; measure && i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const struct shape *s = &SHAPES[i];
        report_line(r, s->name, "%.0f GFLOP/s on %d threads (%zu x %zu x %zu, float32)",
                    distill_matmul_gflops(s->N, s->inputs, s->outputs, 0.25), distill_threads(),
                    s->N, s->outputs, s->inputs);
    }
}

static void report_sandbox(doctor_report *r)
{
    const char *missing = sandbox_missing();
    if (missing == NULL)
        report_line(r, "sandbox", "works (namespaces, seccomp)");
    else
        report_line(r, "sandbox",
                    "does not work here, so verdicts on programs are unknown: %s (what it needs: "
                    "docs/sandbox.md)",
                    missing);
}

static distill_status print_report(const doctor_options *opt)
{
    distill_status status = DISTILL_OK;
    doctor_report r = {.as_json = opt->json};
    r.json.out = &r.text;
    distill_json_begin_object(&r.json, NULL);
    report_line(&r, "distill", "%s", DISTILL_VERSION);
    report_machine(&r);
    report_libraries(&r);
    report_arithmetic(&r, opt->measure);
    report_sandbox(&r);
    distill_json_end_object(&r.json);
    TRY(distill_json_finish(&r.json));
    if (opt->json)
        printf("%s\n", r.text.bytes);
done:
    distill_text_free(&r.text);
    return status;
}

static int run_doctor(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    doctor_options opt = DOCTOR_DEFAULTS;
    TRY(distill_options_parse(&opt, &TOOL_DOCTOR, argc, argv));
    TRY(distill_program_start(&opt.common));
    TRY(print_report(&opt));
done:
    return distill_exit(&TOOL_DOCTOR, status);
}
