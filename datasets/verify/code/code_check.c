// datasets/verify/code/code_check.c - compiles a program once, runs it on each test and compares
// its output.
//
// Tests of one program run in parallel. A test that fails lowers `failed`, and later tests are no
// longer started; earlier ones finish, so that the evidence names the first test that fails for any
// number of threads.
#include "datasets/verify/code/code_check.h"

#include "datasets/verify/code/code_calls.h"
#include "datasets/verify/code/code_run.h"
#include "datasets/verify/code/output_match.h"
#include "datasets/verify/code/python_text.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ALL_TESTS_S = 300;

/// The program: its source, and what the compiler made of it.
typedef struct build {
    distill_span source;
    code_language language;
    sandbox_result compiled;
} build;

/// All tests of one program, run by several workers.
typedef struct stream_pass {
    const code_tests *tests;
    const build *built;
    double end_s;
    atomic_size_t failed; // the first test that failed so far; the number of tests if none did
    code_result *results;
    distill_status *statuses;
} stream_pass;

// --- compiler ------------------------------------------------------------------------------------

/// Compiles in the sandbox: the source is untrusted, and a compiler reads files (#include). *built
/// is false if that fails, and *out says why.
static distill_status compile(code_result *out, bool *built, build *b)
{
    static const char *const CPP[] = {"/usr/bin/g++",   "-O2", "-w",           "-std=gnu++17",
                                      "-DONLINE_JUDGE", "-o",  "/tmp/program", "/box/reply.cpp"};
    static const char *const C[] = {
        "/usr/bin/gcc", "-O2",          "-w",           "-std=gnu17", "-DONLINE_JUDGE",
        "-o",           "/tmp/program", "/box/reply.c", "-lm"};
    distill_status status = DISTILL_OK;
    bool cpp = b->language == CODE_CPP;
    sandbox_file file = {cpp ? "reply.cpp" : "reply.c", b->source};
    sandbox_job job = {.arguments = cpp ? CPP : C,
                       .argument_count = cpp ? 8 : 9,
                       .files = &file,
                       .file_count = 1,
                       .result_name = "program",
                       .limits = {.cpu_s = 30,
                                  .wall_s = 90,
                                  .memory_bytes = (size_t)2 << 30,
                                  .stack_bytes = (size_t)64 << 20,
                                  .output_bytes = (size_t)64 << 20,
                                  .scratch_bytes = (size_t)256 << 20,
                                  .processes = 32}};
    TRY(sandbox_run(&b->compiled, &job));
    *built = b->compiled.outcome == SANDBOX_OK && b->compiled.result.length > 0;
    if (*built)
        goto done;
    out->outcome = code_run_is_unknown(&b->compiled) ? VERDICT_UNKNOWN : VERDICT_WRONG;
    TRY(distill_text_add(&out->evidence, "the compiler: "));
    distill_span errors = distill_text_span(&b->compiled.errors);
    size_t at = distill_span_find(errors, distill_span_of("error:"), 0);
    if (b->compiled.outcome == SANDBOX_EXIT && at != SIZE_MAX) {
        const char *end = memchr(errors.bytes + at, '\n', errors.length - at);
        size_t length = end != NULL ? (size_t)(end - errors.bytes) - at : errors.length - at;
        TRY(code_run_add_excerpt(&out->evidence, (distill_span){errors.bytes + at, length}));
    } else {
        TRY(code_run_add_failure(&out->evidence, &b->compiled));
    }
done:
    return status;
}

// --- standard input and output -------------------------------------------------------------------

static distill_status run_once(sandbox_result *r, const stream_pass *pass, const code_test *test)
{
    static const char *const PYTHON[] = {"/usr/bin/python3", "-I", "-S", "/box/run.py"};
    static const char *const BINARY[] = {"/box/program"};
    const build *b = pass->built;
    bool python = b->language == CODE_PYTHON;
    sandbox_file files[] = {{"reply.py", b->source},
                            {"run.py", distill_span_of(PYTHON_RUN_PROGRAM)}};
    if (!python)
        files[0] = (sandbox_file){"program", distill_text_span(&b->compiled.result)};
    sandbox_job job = {.arguments = python ? PYTHON : BINARY,
                       .argument_count = python ? 4 : 1,
                       .files = files,
                       .file_count = python ? 2 : 1,
                       .executable = !python,
                       .input = distill_text_span(&test->input),
                       .limits = code_run_limits(pass->tests)};
    if (!python) // deep recursion needs a stack
        job.limits.stack_bytes = job.limits.memory_bytes / 2;
    return sandbox_run(r, &job);
}

/// The verdict of a checker: the number on the last line that it printed, from 1 on right. Earlier
/// lines may hold what the program printed. False if it gave none.
static bool read_checker(bool *right, const sandbox_result *r)
{
    distill_span text = distill_span_trim(distill_text_span(&r->output));
    size_t at = distill_span_find_last(text, distill_span_of("\n"));
    char line[64], *end = line;
    if (at != SIZE_MAX)
        text = distill_span_trim((distill_span){text.bytes + at + 1, text.length - at - 1});
    if (r->outcome != SANDBOX_OK || text.length == 0 || text.length >= sizeof line)
        return false;
    memcpy(line, text.bytes, text.length);
    line[text.length] = '\0';
    *right = strtod(line, &end) >= 1;
    return end == line + text.length;
}

/// Runs the problem's checker, a Python program that prints 1 for a right output. One that crashes
/// says nothing about the output.
static distill_status run_checker(code_result *out, const code_tests *tests, const code_test *test,
                                  distill_span found)
{
    static const char *const ARGUMENTS[] = {
        "/usr/bin/python3", "-I", "/box/checker.py", "/box/input", "/box/expected", "/box/output"};
    distill_status status = DISTILL_OK;
    bool right = false;
    sandbox_result r = {.outcome = SANDBOX_UNAVAILABLE};
    sandbox_file files[] = {{"checker.py", distill_text_span(&tests->checker)},
                            {"input", distill_text_span(&test->input)},
                            {"expected", distill_text_span(&test->output)},
                            {"output", found}};
    sandbox_job job = {.arguments = ARGUMENTS,
                       .argument_count = 6,
                       .files = files,
                       .file_count = 4,
                       .limits = SANDBOX_DEFAULTS};
    TRY(sandbox_run(&r, &job));
    if (!read_checker(&right, &r)) {
        out->outcome = VERDICT_UNKNOWN;
        TRY(distill_text_add(&out->evidence, "the checker gave no verdict: "));
        TRY(code_run_add_failure(&out->evidence, &r));
        goto done;
    }
    out->outcome = right ? VERDICT_RIGHT : VERDICT_WRONG;
    if (right)
        goto done;
    TRY(distill_text_add(&out->evidence, "the checker refuses "));
    TRY(code_run_add_excerpt(&out->evidence, found));
done:
    sandbox_result_free(&r);
    return status;
}

/// Compares the output of a run that exited with status 0; where words differ, the checker decides.
static distill_status compare(code_result *out, const code_tests *tests, const code_test *test,
                              const sandbox_result *r)
{
    distill_status status = DISTILL_OK;
    output_difference difference;
    distill_span found = distill_text_span(&r->output);
    bool right = output_matches(&difference, distill_text_span(&test->output), found);
    bool empty = distill_span_trim(found).length == 0; // no output is no other right output
    if (!right && tests->checker.length > 0 && !empty)
        return run_checker(out, tests, test, found);
    out->outcome = right ? VERDICT_RIGHT : VERDICT_WRONG;
    if (right)
        goto done;
    TRY(distill_text_printf(&out->evidence, "word %zu of the output: expected ", difference.word));
    TRY(code_run_add_excerpt(&out->evidence, difference.expected));
    TRY(distill_text_add(&out->evidence,
                         difference.expected.length > 0 ? ", found " : "its end, found "));
    TRY(code_run_add_excerpt(&out->evidence, difference.found));
    if (difference.found.length == 0)
        TRY(distill_text_add(&out->evidence, "its end"));
done:
    return status;
}

static distill_status run_test(stream_pass *pass, size_t i)
{
    distill_status status = DISTILL_OK;
    const code_test *test = &pass->tests->at[i];
    code_result *out = &pass->results[i];
    sandbox_result r = {.outcome = SANDBOX_UNAVAILABLE};
    out->outcome = VERDICT_UNKNOWN;
    if (distill_now_s() > pass->end_s)
        return distill_text_printf(&out->evidence, "test %zu of %zu: more than %.0f s for all",
                                   i + 1, pass->tests->count, ALL_TESTS_S);
    TRY(run_once(&r, pass, test));
    out->outcome = code_run_is_unknown(&r) ? VERDICT_UNKNOWN : VERDICT_WRONG;
    TRY(distill_text_printf(&out->evidence, "test %zu of %zu: ", i + 1, pass->tests->count));
    if (r.outcome == SANDBOX_OK)
        TRY(compare(out, pass->tests, test, &r));
    else
        TRY(code_run_add_failure(&out->evidence, &r));
done:
    sandbox_result_free(&r);
    return status;
}

/// The tests [begin, end) on one worker.
static void run_tests(void *context, size_t begin, size_t end, int worker)
{
    stream_pass *pass = context;
    (void)worker;
    for (size_t i = begin; i < end && i < atomic_load(&pass->failed); i++) {
        pass->statuses[i] = run_test(pass, i);
        if (pass->statuses[i] == DISTILL_OK && pass->results[i].outcome == VERDICT_RIGHT)
            continue;
        size_t first = atomic_load(&pass->failed);
        while (i < first && !atomic_compare_exchange_weak(&pass->failed, &first, i))
            ;
    }
}

static distill_status check_streams(code_result *out, const code_tests *tests, build *b)
{
    distill_status status = DISTILL_OK;
    stream_pass pass = {.tests = tests, .built = b, .end_s = distill_now_s() + ALL_TESTS_S};
    bool built = b->language == CODE_PYTHON;
    if (!built)
        TRY(compile(out, &built, b));
    if (!built)
        goto done;
    TRY(DISTILL_NEW(&pass.results, tests->count));
    TRY(DISTILL_NEW(&pass.statuses, tests->count));
    atomic_store(&pass.failed, tests->count);
    distill_parallel_for(run_tests, &pass, tests->count, 1);
    size_t failed = atomic_load(&pass.failed);
    out->outcome = VERDICT_RIGHT;
    if (failed == tests->count) {
        TRY(distill_text_printf(&out->evidence, "all %zu tests passed", tests->count));
        goto done;
    }
    if (pass.statuses[failed] != DISTILL_OK)
        TRY(distill_fail(pass.statuses[failed], "test %zu: no files for the sandbox", failed + 1));
    out->outcome = pass.results[failed].outcome;
    TRY(distill_text_add_span(&out->evidence, distill_text_span(&pass.results[failed].evidence)));
done:
    for (size_t i = 0; pass.results != NULL && i < tests->count; i++)
        distill_text_free(&pass.results[i].evidence);
    distill_free(pass.results);
    distill_free(pass.statuses);
    return status;
}

distill_status code_check(code_result *out, const code_tests *tests,
                          const code_candidate *candidate)
{
    distill_status status = DISTILL_OK;
    build b = {.source = candidate->program, .language = candidate->language};
    const char *missing = sandbox_missing();
    out->outcome = VERDICT_UNKNOWN;
    distill_text_clear(&out->evidence);
    if (tests->unusable[0] != '\0')
        TRY(distill_text_add(&out->evidence, tests->unusable));
    else if (missing != NULL)
        TRY(distill_text_printf(&out->evidence, "no sandbox: %s", missing));
    else if (b.language == CODE_UNKNOWN_LANGUAGE || b.language == CODE_OTHER_LANGUAGE)
        TRY(distill_text_add(&out->evidence, "neither Python nor C nor C++"));
    else if (tests->kind == CODE_STREAM)
        TRY(check_streams(out, tests, &b));
    else if (b.language == CODE_PYTHON)
        TRY(code_calls_check(out, tests, candidate));
    else
        TRY(distill_text_add(&out->evidence, "the tests call a function of Python"));
done:
    sandbox_result_free(&b.compiled);
    return status;
}
