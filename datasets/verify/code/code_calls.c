// datasets/verify/code/code_calls.c - starts the harness and the candidate and combines their
// results.
//
// The harness runs trusted tests, but receives untrusted values from the program, so that it has a
// sandbox too. It writes the outcome to a descriptor of its own. If it ends without an outcome, the
// values have made it fail, and the outcome is wrong. How the candidate ended is used only to
// explain why it stopped answering.
#include "datasets/verify/code/code_calls.h"

#include "datasets/verify/code/python_text.h"
#include "distill/base/json/json_writer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// --- the harness's file --------------------------------------------------------------------------

/// A type byte and a length or count, as datasets/verify/code/python/values.py reads them.
static distill_status add_head(distill_text *out, char type, size_t count)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(out, type));
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

/// The tests of kind ASSERT.
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

/// Adds a test, whose arguments and value are JSON texts. A text that is not valid JSON is reported
/// in *fault instead, because it would make the whole file unreadable.
static void add_case(distill_json_writer *w, const code_test *test, const char **fault)
{
    distill_span arguments = distill_text_span(&test->input);
    distill_span expected = distill_text_span(&test->output);
    distill_json *first = NULL, *second = NULL;
    if (distill_json_parse(&first, arguments.bytes, arguments.length, "test") != DISTILL_OK ||
        distill_json_parse(&second, expected.bytes, expected.length, "test") != DISTILL_OK ||
        distill_json_kind_of(distill_json_root(first)) != DISTILL_JSON_ARRAY) {
        *fault = "a test whose arguments or value are not JSON";
    } else {
        distill_json_begin_object(w, NULL);
        distill_json_add_raw(w, "arguments", arguments);
        distill_json_add_raw(w, "expected", expected);
        distill_json_end_object(w);
    }
    distill_json_free(first);
    distill_json_free(second);
}

/// The tests of kind CALL, as one JSON text; nothing after a fault.
static distill_status add_cases(distill_text *out, const code_tests *tests, const char **fault)
{
    distill_status status = DISTILL_OK;
    distill_text cases = {0};
    distill_json_writer w = {.out = &cases};
    distill_json_begin_array(&w, NULL);
    for (size_t i = 0; i < tests->count && *fault == NULL; i++)
        add_case(&w, &tests->at[i], fault);
    if (*fault != NULL)
        goto done;
    distill_json_end_array(&w);
    TRY(distill_json_finish(&w));
    TRY(add_head(out, 't', 4));
    TRY(add_string(out, distill_span_of("call")));
    TRY(add_string(out, distill_text_span(&cases)));
    TRY(add_string(out, distill_text_span(&tests->entry)));
    TRY(distill_text_add_char(out, tests->wrapped ? 'T' : 'F'));
done:
    distill_text_free(&cases);
    return status;
}

// --- the two processes ---------------------------------------------------------------------------

static distill_status start_candidate(sandbox **out, const code_tests *tests,
                                      const code_candidate *candidate, int channel)
{
    static const char *const ARGUMENTS[] = {"/usr/bin/python3", "-I", "-S", "/box/candidate.py"};
    sandbox_file files[] = {{"candidate.py", distill_span_of(PYTHON_CANDIDATE)},
                            {"values.py", distill_span_of(PYTHON_VALUES)},
                            {"before.py", candidate->before},
                            {"reply.py", candidate->program}};
    sandbox_job job = {.arguments = ARGUMENTS,
                       .argument_count = 4,
                       .files = files,
                       .file_count = 4,
                       .channel = channel,
                       .limits = code_run_limits(tests)};
    return sandbox_start(out, &job);
}

static distill_status start_harness(sandbox **out, const code_tests *tests, distill_span job_text,
                                    int channel)
{
    static const char *const ARGUMENTS[] = {"/usr/bin/python3", "-I", "-S", "/box/harness.py"};
    sandbox_file files[] = {{"harness.py", distill_span_of(PYTHON_HARNESS)},
                            {"values.py", distill_span_of(PYTHON_VALUES)},
                            {"objects.py", distill_span_of(PYTHON_OBJECTS)},
                            {"test_text.py", distill_span_of(PYTHON_TEST_TEXT)},
                            {"tests", job_text}};
    sandbox_job job = {.arguments = ARGUMENTS,
                       .argument_count = 4,
                       .files = files,
                       .file_count = 5,
                       .channel = channel,
                       .result_channel = true,
                       .limits = code_run_limits(tests)};
    job.limits.cpu_s += 10; // so that the candidate reaches its limits first
    job.limits.wall_s += 10;
    job.limits.memory_bytes = (size_t)2 << 30;
    return sandbox_start(out, &job);
}

/// Reads the verdict of the harness: the outcome and the evidence, a line each.
static distill_status read_outcome(code_result *out, const sandbox_result *harness)
{
    distill_status status = DISTILL_OK;
    distill_span text = distill_text_span(&harness->result);
    size_t end = distill_span_find(text, distill_span_of("\n"), 0);
    out->outcome = code_run_is_unknown(harness) ? VERDICT_UNKNOWN : VERDICT_WRONG;
    if (harness->outcome != SANDBOX_OK || end == SIZE_MAX) {
        TRY(distill_text_add(&out->evidence, "the tests did not finish: "));
        TRY(code_run_add_failure(&out->evidence, harness));
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

/// Appends why the candidate ended.
static distill_status add_candidate_end(code_result *out, const sandbox_result *candidate)
{
    distill_status status = DISTILL_OK;
    if (code_run_is_unknown(candidate))
        out->outcome = VERDICT_UNKNOWN;
    if (candidate->outcome != SANDBOX_OK) {
        TRY(distill_text_add(&out->evidence, ": "));
        TRY(code_run_add_failure(&out->evidence, candidate));
    }
done:
    return status;
}

/// The evidence of the harness is that the candidate stopped answering.
static bool candidate_ended(const code_result *out)
{
    return distill_span_find(distill_text_span(&out->evidence),
                             distill_span_of("the program ended"), 0) == 0;
}

/// Runs both processes; `job_text` is the file of the harness.
static distill_status run_both(code_result *out, const code_tests *tests,
                               const code_candidate *program, distill_span job_text)
{
    distill_status status = DISTILL_OK;
    sandbox *candidate = NULL, *harness = NULL;
    sandbox_result of_candidate = {.outcome = SANDBOX_UNAVAILABLE};
    sandbox_result of_harness = {.outcome = SANDBOX_UNAVAILABLE};
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "a socket between tests and program"));
    TRY(start_candidate(&candidate, tests, program, ends[0]));
    TRY(start_harness(&harness, tests, job_text, ends[1]));
    close(ends[0]); // so that each process reads end of file when the other ends
    close(ends[1]);
    ends[0] = ends[1] = -1;
    TRY(sandbox_finish(&of_harness, &harness));
    TRY(read_outcome(out, &of_harness));
    if (out->outcome != VERDICT_RIGHT && candidate_ended(out)) {
        TRY(sandbox_finish(&of_candidate, &candidate));
        TRY(add_candidate_end(out, &of_candidate));
    }
done:
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    sandbox_abandon(&candidate);
    sandbox_abandon(&harness);
    sandbox_result_free(&of_candidate);
    sandbox_result_free(&of_harness);
    return status;
}

distill_status code_calls_check(code_result *out, const code_tests *tests,
                                const code_candidate *candidate)
{
    distill_status status = DISTILL_OK;
    distill_text job = {0};
    const char *fault = NULL;
    TRY(tests->kind == CODE_CALL ? add_cases(&job, tests, &fault) : add_asserts(&job, tests));
    if (fault != NULL)
        TRY(distill_text_add(&out->evidence, fault));
    else
        TRY(run_both(out, tests, candidate, distill_text_span(&job)));
done:
    distill_text_free(&job);
    return status;
}
