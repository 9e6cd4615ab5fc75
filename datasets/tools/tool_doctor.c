// datasets/tools/tool_doctor.c - `distill doctor`: what this machine has, and what would be used.
#include "datasets/sandbox/sandbox.h"
#include "datasets/tools/dataset_tools.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/threads.h"
#include "distill/tensor/cpu/cpu_features.h"
#include "distill/tensor/kernel_choice.h"

#include <dlfcn.h>
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
    {.name = "json", .type = DISTILL_OPT_FLAG, .offset = AT(json), .help = "one JSON object"},
    {.name = "measure",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(measure),
     .help = "time a few matrix products (about a second)"},
    DISTILL_COMMON_ROWS,
};

static int run_doctor(int argc, char **argv);

const distill_program TOOL_DOCTOR = {
    .name = "distill doctor",
    .summary = "what this machine has, and what would be used",
    .usage = "distill doctor [--json] [--no-measure] [options]",
    .epilog = "OPENBLAS_CORETYPE (kernels of OpenBLAS), DISTILL_BLAS=none (do without it) and\n"
              "DISTILL_KERNELS=avx512|avx2|plain (own loops) are respected where they are set;\n"
              "without them the fastest are chosen.\n",
    .options = DOCTOR_ROWS,
    .option_count = sizeof DOCTOR_ROWS / sizeof *DOCTOR_ROWS,
    .defaults = &DOCTOR_DEFAULTS,
    .size = sizeof DOCTOR_DEFAULTS,
    .main = run_doctor,
};

/// A line of the report: a section's key and value, for people and as JSON.
typedef struct doctor_report {
    distill_text json;
    bool as_json;
} doctor_report;

static distill_status tell(doctor_report *r, const char *key, const char *value)
{
    distill_status status = DISTILL_OK;
    if (!r->as_json) {
        printf("%-22s%s\n", key, value);
        goto done;
    }
    TRY(distill_text_add_char(&r->json, r->json.length == 0 ? '{' : ','));
    TRY(distill_json_write_string(&r->json, distill_span_of(key)));
    TRY(distill_text_add_char(&r->json, ':'));
    TRY(distill_json_write_string(&r->json, distill_span_of(value)));
done:
    return status;
}

// ---- the machine -------------------------------------------------------------------------------------------

static distill_status tell_processor(doctor_report *r)
{
    distill_status status = DISTILL_OK;
    const distill_cpu_features *cpu = distill_cpu();
    char line[256], bytes[32];
    snprintf(line, sizeof line, "%s (%s, family %u, model %u)",
             cpu->brand[0] != '\0' ? cpu->brand : "unknown",
             cpu->vendor[0] != '\0' ? cpu->vendor : "unknown vendor", cpu->family, cpu->model);
    TRY(tell(r, "processor", line));
    snprintf(line, sizeof line, "%d usable here, %d threads would be used", distill_cores(),
             distill_threads());
    TRY(tell(r, "cores", line));
    snprintf(line, sizeof line, "%s%s%s%s%s%s%s", cpu->avx2 ? "AVX2 FMA F16C" : "",
             cpu->avx512 ? " AVX-512 F/DQ/BW/VL" : "", cpu->avx512_vnni ? " VNNI" : "",
             cpu->avx512_bf16 ? " BF16" : "", cpu->avx512_fp16 ? " FP16" : "",
             cpu->amx ? " AMX" : "", cpu->avx2 ? "" : "none of AVX2, AVX-512");
    TRY(tell(r, "instruction sets", line));
    snprintf(line, sizeof line, "%s can still be used",
             distill_format_bytes(bytes, sizeof bytes, (double)distill_memory_available()));
    TRY(tell(r, "memory", line));
done:
    return status;
}

// ---- libraries ---------------------------------------------------------------------------------------------

// Asked by name at run time, so that no header passes its door: what is not linked is not shown.
typedef const char *(*version_fn)(void);
typedef const char *(*numbered_version_fn)(int which);
typedef int (*hdf5_version_fn)(unsigned *major, unsigned *minor, unsigned *release);
typedef int (*pcre2_config_fn)(uint32_t what, void *where);

static const struct library {
    const char *name, *symbol;
} LIBRARIES[] = {
    {"zstd", "ZSTD_versionString"}, {"cJSON", "cJSON_Version"}, {"utf8proc", "utf8proc_version"}};

static bool find(void *function, const char *symbol)
{
    void *found = dlsym(RTLD_DEFAULT, symbol);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static distill_status tell_libraries(doctor_report *r)
{
    enum { PCRE2_VERSION_STRING = 11 }; // PCRE2_CONFIG_VERSION
    distill_status status = DISTILL_OK;
    version_fn version;
    numbered_version_fn openssl;
    hdf5_version_fn hdf5;
    pcre2_config_fn pcre2;
    char line[128];
    unsigned part[3];
    if (find(&hdf5, "H5get_libversion") && hdf5(&part[0], &part[1], &part[2]) >= 0) {
        snprintf(line, sizeof line, "%u.%u.%u", part[0], part[1], part[2]);
        TRY(tell(r, "HDF5", line));
    }
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof *LIBRARIES; i++)
        if (find(&version, LIBRARIES[i].symbol)) {
            snprintf(line, sizeof line, "%.*s", (int)strcspn(version(), " "), version());
            TRY(tell(r, LIBRARIES[i].name, line));
        }
    if (find(&pcre2, "pcre2_config_8") && pcre2(PCRE2_VERSION_STRING, line) > 0)
        TRY(tell(r, "PCRE2", line));
    if (find(&openssl, "OpenSSL_version"))
        TRY(tell(r, "OpenSSL", openssl(0)));
done:
    return status;
}

// ---- arithmetic --------------------------------------------------------------------------------------------

static distill_status tell_blas(doctor_report *r, const distill_backend *backend)
{
    distill_status status = DISTILL_OK;
    char line[512];
    if (!backend->blas) {
        snprintf(line, sizeof line,
                 "not used (%s); nothing needs it where own loops are avx2 or avx512",
                 backend->library);
        TRY(tell(r, "OpenBLAS", line));
        goto done;
    }
    snprintf(line, sizeof line, "%s: %s", backend->library, backend->config);
    TRY(tell(r, "OpenBLAS", line));
    if (backend->asked_by_user)
        snprintf(line, sizeof line, "%s (OPENBLAS_CORETYPE=%s was set by you and is respected)",
                 backend->core, backend->asked);
    else if (backend->asked[0] != '\0')
        snprintf(line, sizeof line, "%s (chosen for this processor: OPENBLAS_CORETYPE=%s)",
                 backend->core, backend->asked);
    else
        snprintf(line, sizeof line, "%s (its own choice)", backend->core);
    TRY(tell(r, "OpenBLAS kernels", line));
done:
    return status;
}

static const struct shape {
    const char *name;
    size_t N, inputs, outputs;
} SHAPES[] = {{"matmul, square", 1024, 1024, 1024},
              {"matmul, small model", 4096, 128, 384},
              {"matmul, large model", 512, 896, 4864}};

static distill_status tell_arithmetic(doctor_report *r, bool measure)
{
    distill_status status = DISTILL_OK;
    distill_backend backend = distill_backend_describe();
    char line[160];
    snprintf(line, sizeof line, "%s%s", backend.kernels,
             backend.kernels_by_user ? " (DISTILL_KERNELS was set by you and is respected)" : "");
    TRY(tell(r, "own loops", line));
    TRY(tell(r, "large products",
             backend.blas_preferred ? "OpenBLAS"
                                    : "own loops (DISTILL_BLAS=openblas sends them to OpenBLAS)"));
    TRY(tell_blas(r, &backend));
    for (size_t i = 0; measure && i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const struct shape *s = &SHAPES[i];
        snprintf(line, sizeof line, "%.0f GFLOP/s on %d threads (%zu x %zu x %zu, float32)",
                 distill_backend_measure(s->N, s->inputs, s->outputs, 0.25), distill_threads(),
                 s->N, s->outputs, s->inputs);
        TRY(tell(r, s->name, line));
    }
done:
    return status;
}

static distill_status tell_sandbox(doctor_report *r)
{
    const char *missing = sandbox_missing();
    char line[400];
    snprintf(
        line, sizeof line,
        "does not work here, programs in replies stay unknown: %s (docs/sandbox.md: what it needs)",
        missing != NULL ? missing : "");
    return tell(r, "sandbox", missing == NULL ? "works (namespaces, seccomp)" : line);
}

static int run_doctor(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    doctor_options opt = DOCTOR_DEFAULTS;
    doctor_report report = {.as_json = false};
    TRY(distill_options_parse(&opt, &TOOL_DOCTOR, argc, argv));
    TRY(distill_program_start(&opt.common));
    report.as_json = opt.json;
    TRY(tell(&report, "distill", DISTILL_VERSION));
    TRY(tell_processor(&report));
    TRY(tell_libraries(&report));
    TRY(tell_arithmetic(&report, opt.measure));
    TRY(tell_sandbox(&report));
    if (opt.json)
        printf("%s}\n", report.json.bytes);
done:
    distill_text_free(&report.json);
    return distill_exit(&TOOL_DOCTOR, status);
}
