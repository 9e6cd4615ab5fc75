// distill/text/jinja/values/jinja_run.h - the state of one rendering: memory, limits, errors, output.
//
// Private to distill/text.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_RUN_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_RUN_H

#include "distill/text/jinja/values/jinja_builder.h"
#include "distill/text/jinja/values/jinja_memory.h"
#include "distill/text/jinja/values/jinja_value.h"

enum {
    JINJA_MAX_STEPS = 10 * 1000 * 1000,
    JINJA_MAX_MEMORY = 64 << 20, // of values; the output is limited by it, too
    JINJA_MAX_DEPTH = 600        // nested evaluation: macros that call macros, lists in lists
};

/// Position in the template.
typedef struct jinja_place {
    uint32_t line, column; // from 1
} jinja_place;

typedef struct jinja_ranges {
    jinja_range *at;
    size_t count, capacity;
} jinja_ranges;

typedef struct jinja_run {
    jinja_memory memory;
    uint64_t steps;
    uint32_t depth;
    jinja_place place; // of the node that is evaluated
    const char *now;   // of strftime_now: "YYYY-MM-DD"; NULL = the system's date and time
    // of the interpreter
    jinja_builder *out;
    struct jinja_scope *scope;
    jinja_value *globals; // [names of the template]
    const struct jinja_template *program;
    uint8_t flow; // jinja_flow: a loop is being left
    struct jinja_generation *generation;
} jinja_run;

/// Counts `count` units of work.
/// Errors  LIMIT beyond JINJA_MAX_STEPS.
distill_status jinja_charge(jinja_run *run, size_t count) DISTILL_MUST_CHECK;
/// Counts the work of handling `bytes` bytes.
distill_status jinja_charge_bytes(jinja_run *run, size_t bytes) DISTILL_MUST_CHECK;
/// Begins a level of recursion; `run->depth--` ends it.
/// Errors  LIMIT beyond JINJA_MAX_DEPTH.
distill_status jinja_enter(jinja_run *run) DISTILL_MUST_CHECK;

/// Fails with "line L, column C: MESSAGE".
distill_status jinja_fail(const jinja_run *run, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;
/// Fails because an undefined value is used.
distill_status jinja_fail_undefined(const jinja_run *run, jinja_value value) DISTILL_MUST_CHECK;
/// "'name' is undefined" in the memory of the run.
distill_status jinja_undefined_name(jinja_value *out, jinja_run *run, const char *format, ...)
    DISTILL_PRINTF(3, 4) DISTILL_MUST_CHECK;

static inline distill_status jinja_step(jinja_run *run)
{
    return ++run->steps <= JINJA_MAX_STEPS ? DISTILL_OK : jinja_charge(run, 0);
}

#endif
