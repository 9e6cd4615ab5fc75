// datasets/verify/code/code_run.c - the limits of a run, and a text that describes how it ended:
// the outcome of the sandbox and the last line of standard error.
#include "datasets/verify/code/code_run.h"

enum { EXCERPT_BYTES = 100 };

sandbox_limits code_run_limits(const code_tests *tests)
{
    sandbox_limits limits = SANDBOX_DEFAULTS;
    limits.cpu_s = tests->time_s > 0 ? 2 * tests->time_s : 10;
    limits.wall_s = 2 * limits.cpu_s + 5;
    limits.memory_bytes = (size_t)(tests->memory_mb > 0 ? tests->memory_mb + 128 : 1024) << 20;
    return limits;
}

distill_status code_run_add_excerpt(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    text = distill_span_trim(text);
    for (size_t i = 0; i < text.length && i < EXCERPT_BYTES; i++) {
        unsigned char byte = (unsigned char)text.bytes[i]; // `char` is unsigned on AArch64
        TRY(distill_text_add_char(out, byte >= 0x80 ? '?' : byte < ' ' ? ' ' : (char)byte));
    }
    if (text.length > EXCERPT_BYTES)
        TRY(distill_text_add(out, "..."));
done:
    return status;
}

/// The last line of standard error; for Python, the exception.
static distill_span last_line(const distill_text *text)
{
    distill_span all = distill_span_trim(distill_text_span(text));
    size_t at = distill_span_find_last(all, distill_span_of("\n"));
    if (at == SIZE_MAX)
        return all;
    return (distill_span){all.bytes + at + 1, all.length - at - 1};
}

distill_status code_run_add_failure(distill_text *out, const sandbox_result *r)
{
    distill_status status = DISTILL_OK;
    char what[256];
    TRY(distill_text_add(out, sandbox_describe(what, sizeof what, r)));
    if (r->errors.length > 0 && (r->outcome == SANDBOX_EXIT || r->outcome == SANDBOX_MEMORY)) {
        TRY(distill_text_add(out, ": "));
        TRY(code_run_add_excerpt(out, last_line(&r->errors)));
    }
done:
    return status;
}

bool code_run_is_unknown(const sandbox_result *r)
{
    return r->outcome == SANDBOX_UNAVAILABLE || r->outcome == SANDBOX_NO_PROGRAM;
}
