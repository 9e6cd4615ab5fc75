// distill/text/jinja/values/jinja_run.c - limits and errors of a rendering.
#include "distill/text/jinja/values/jinja_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

distill_status jinja_charge(jinja_run *run, size_t count)
{
    if (count > JINJA_MAX_STEPS || (run->steps += count) > JINJA_MAX_STEPS)
        return distill_fail(DISTILL_LIMIT, "line %u: more than %d steps are needed",
                            run->place.line, JINJA_MAX_STEPS);
    return DISTILL_OK;
}

distill_status jinja_charge_bytes(jinja_run *run, size_t bytes)
{
    enum { BYTES_A_STEP = 256 };
    return jinja_charge(run, bytes / BYTES_A_STEP);
}

distill_status jinja_enter(jinja_run *run)
{
    if (++run->depth > JINJA_MAX_DEPTH)
        return distill_fail(DISTILL_LIMIT, "line %u: nested more than %d levels deep",
                            run->place.line, JINJA_MAX_DEPTH);
    return DISTILL_OK;
}

distill_status jinja_fail(const jinja_run *run, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return distill_fail(DISTILL_FORMAT, "line %u, column %u: %s", run->place.line,
                        run->place.column, text);
}

distill_status jinja_fail_undefined(const jinja_run *run, jinja_value value)
{
    return jinja_fail(run, "%s", value.as.reason != NULL ? value.as.reason : "undefined value");
}

distill_status jinja_undefined_name(jinja_value *out, jinja_run *run, const char *format, ...)
{
    distill_status status = DISTILL_OK;
    char text[256], *copy = NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    TRY(jinja_memory_take_text(&copy, &run->memory, strlen(text) + 1));
    memcpy(copy, text, strlen(text) + 1);
    *out = jinja_undefined(copy);
done:
    return status;
}
