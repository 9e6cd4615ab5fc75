// datasets/verify/code/code_calls.c - starts examiner and candidate, joins what the two say.
#include "datasets/verify/code/code_calls.h"

#include "datasets/verify/code/python_text.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// --- the examiner's file -------------------------------------------------------------------------

/// A mark and a count, as datasets/verify/code/python/values.py reads them.
static distill_status add_head(distill_text *out, char mark, size_t count)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(out, mark));
    for (int i = 0; i < 4; i++)
        TRY(distill_text_add_char(out, (char)(count >> (8 * i) & 0xFF)));
done:
    return status;
}

static distill_status add_string(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    TRY(add_head(out, 's', text.length));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}

static distill_status add_asserts(distill_text *out, const code_tests *tests)
{
    distill_status status = DISTILL_OK;
    TRY(add_head(out, 't', 4));
    TRY(add_string(out, distill_span_of("assert")));
    TRY(add_string(out, distill_text_span(&tests->prefix)));
    TRY(add_head(out, 'l', tests->count));
    for (size_t i = 0; i < tests->count; i++)
        TRY(add_string(out, distill_text_span(&tests->at[i].input)));
    TRY(add_string(out, distill_text_span(&tests->entry)));
done:
    return status;
}

/// The tests' values are JSON already: what is not is found here, before it makes the whole
/// unreadable.
static distill_status add_case(distill_text *out, const code_test *test, const char **fault)
{
    distill_status status = DISTILL_OK;
    distill_span arguments = distill_text_span(&test->input);
    distill_span expected = distill_text_span(&test->output);
    distill_json *first = NULL, *second = NULL;
    if (distill_json_parse(&first, arguments.bytes, arguments.length, "test") != DISTILL_OK ||
        distill_json_parse(&second, expected.bytes, expected.length, "test") != DISTILL_OK ||
        distill_json_kind_of(distill_json_root(first)) != DISTILL_JSON_ARRAY)
        *fault = "a test whose arguments or value are no JSON";
    TRY(distill_text_add(out, "{\"arguments\":"));
    TRY(distill_text_add_span(out, arguments));
    TRY(distill_text_add(out, ",\"expected\":"));
    TRY(distill_text_add_span(out, expected));
    TRY(distill_text_add(out, "}"));
done:
    distill_json_free(first);
    distill_json_free(second);
    return status;
}

static distill_status add_cases(distill_text *out, const code_tests *tests, const char **fault)
{
    distill_status status = DISTILL_OK;
    distill_text cases = {0};
    TRY(distill_text_add_char(&cases, '['));
    for (size_t i = 0; i < tests->count && *fault == NULL; i++) {
        TRY(distill_text_add(&cases, i > 0 ? "," : ""));
        TRY(add_case(&cases, &tests->at[i], fault));
    }
    TRY(distill_text_add_char(&cases, ']'));
    TRY(add_head(out, 't', 3));
    TRY(add_string(out, distill_span_of("call")));
    TRY(add_string(out, distill_text_span(&cases)));
    TRY(add_string(out, distill_text_span(&tests->entry)));
done:
    distill_text_free(&cases);
    return status;
}

// --- the two processes ---------------------------------------------------------------------------

static distill_status start_candidate(sandbox **out, const code_tests *tests, distill_span program,
                                      int channel)
{
    static const char *const ARGUMENTS[] = {"/usr/bin/python3", "-I", "-S", "/box/candidate.py"};
    sandbox_file files[] = {{"candidate.py", distill_span_of(PYTHON_CANDIDATE)},
                            {"values.py", distill_span_of(PYTHON_VALUES)},
                            {"reply.py", program}};
    sandbox_job job = {.arguments = ARGUMENTS,
                       .argument_count = 4,
                       .files = files,
                       .file_count = 3,
                       .channel = channel,
                       .limits = code_limits(tests)};
    return sandbox_start(out, &job);
}

static distill_status start_examiner(sandbox **out, const code_tests *tests, distill_span job_text,
                                     int channel)
{
    static const char *const ARGUMENTS[] = {"/usr/bin/python3", "-I", "-S", "/box/examiner.py"};
    sandbox_file files[] = {{"examiner.py", distill_span_of(PYTHON_EXAMINER)},
                            {"values.py", distill_span_of(PYTHON_VALUES)},
                            {"tests", job_text}};
    sandbox_job job = {.arguments = ARGUMENTS,
                       .argument_count = 4,
                       .files = files,
                       .file_count = 3,
                       .channel = channel,
                       .limits = code_limits(tests)};
    job.limits.cpu_s += 10; // the candidate's limit comes first
    job.limits.wall_s += 10;
    job.limits.memory_bytes = (size_t)2 << 30;
    return sandbox_start(out, &job);
}

/// What the examiner printed: the outcome and the evidence, a line each. Without it, the candidate
/// did something to it: that is wrong.
static distill_status read_outcome(code_check_result *out, const sandbox_result *examiner)
{
    distill_status status = DISTILL_OK;
    distill_span text = distill_text_span(&examiner->output);
    size_t end = distill_span_find(text, distill_span_of("\n"), 0);
    out->outcome = code_is_unknown(examiner) ? VERDICT_UNKNOWN : VERDICT_WRONG;
    if (examiner->outcome != SANDBOX_OK || end == SIZE_MAX) {
        TRY(distill_text_add(&out->evidence, "the tests did not come to an end: "));
        TRY(code_add_failure(&out->evidence, examiner));
        goto done;
    }
    distill_span outcome = {text.bytes, end};
    distill_span evidence = {text.bytes + end + 1, text.length - end - 1};
    if (distill_span_is(outcome, "right"))
        out->outcome = VERDICT_RIGHT;
    else if (distill_span_is(outcome, "unknown"))
        out->outcome = VERDICT_UNKNOWN;
    TRY(distill_text_add_span(&out->evidence, distill_span_trim(evidence)));
done:
    return status;
}

/// If the tests failed because the candidate ended, why it did.
static distill_status add_end(code_check_result *out, const sandbox_result *candidate)
{
    distill_status status = DISTILL_OK;
    if (code_is_unknown(candidate))
        out->outcome = VERDICT_UNKNOWN;
    if (candidate->outcome != SANDBOX_OK) {
        TRY(distill_text_add(&out->evidence, ": "));
        TRY(code_add_failure(&out->evidence, candidate));
    }
done:
    return status;
}

static bool says_gone(const code_check_result *out)
{
    return distill_span_find(distill_text_span(&out->evidence),
                             distill_span_of("the program ended"), 0) == 0;
}

static distill_status examine(code_check_result *out, const code_tests *tests, distill_span program,
                              distill_span job_text)
{
    distill_status status = DISTILL_OK;
    sandbox *candidate = NULL, *examiner = NULL;
    sandbox_result tested = {.outcome = SANDBOX_UNAVAILABLE};
    sandbox_result told = {.outcome = SANDBOX_UNAVAILABLE};
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "a socket between tests and program"));
    TRY(start_candidate(&candidate, tests, program, ends[0]));
    TRY(start_examiner(&examiner, tests, job_text, ends[1]));
    close(ends[0]); // so that each sees the other one end
    close(ends[1]);
    ends[0] = ends[1] = -1;
    TRY(sandbox_finish(&told, &examiner));
    TRY(read_outcome(out, &told));
    if (out->outcome != VERDICT_RIGHT && says_gone(out)) {
        TRY(sandbox_finish(&tested, &candidate));
        TRY(add_end(out, &tested));
    }
done:
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    sandbox_abandon(&candidate);
    sandbox_abandon(&examiner);
    sandbox_result_free(&tested);
    sandbox_result_free(&told);
    return status;
}

distill_status code_calls_check(code_check_result *out, const code_tests *tests,
                                distill_span program)
{
    distill_status status = DISTILL_OK;
    distill_text job = {0};
    const char *fault = NULL;
    TRY(tests->kind == CODE_CALL ? add_cases(&job, tests, &fault) : add_asserts(&job, tests));
    if (fault != NULL)
        TRY(distill_text_add(&out->evidence, fault));
    else
        TRY(examine(out, tests, program, distill_text_span(&job)));
done:
    distill_text_free(&job);
    return status;
}
