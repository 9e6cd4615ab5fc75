// datasets/tools/tool_verify.c - `distill verify --cases FILE.jsonl`: compares the verdicts of the
// verifier with labelled cases (verify_case.h), and reports agreement and every disagreement.
//
// It measures the rules rather than the policy of datasets/verify/grade.h, and therefore calls
// verdict_*() directly. The grader would change the printed results: it grades a complete reply
// without an answer as wrong, where the rule for choices gives unknown, which cases can expect; and
// a grade_case has neither the texts of options nor the "config" for mathematics that cases can
// have.
#include "datasets/tools/dataset_tools.h"
#include "datasets/tools/verify_case.h"
#include "datasets/verify/choice.h"
#include "datasets/verify/code/code_verdict.h"
#include "datasets/verify/grade_counts.h"
#include "datasets/verify/verdict.h"
#include "distill/base/json/json_writer.h"
#include "distill/tools/line_io.h"

#include <stdio.h>
#include <time.h>

enum { TAIL_BYTES = 160 };

typedef struct verify_options {
    distill_common_options common;
    const char *cases;
    verify_domain domain;
} verify_options;

static const verify_options VERIFY_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS};

#define AT(field) offsetof(verify_options, field)
static const distill_option VERIFY_ROWS[] = {
    {.section = "Cases"},
    {.name = "cases",
     .type = DISTILL_OPT_STRING,
     .offset = AT(cases),
     .unit = "FILE",
     .help =
         "JSON lines with gold (or tests), response (or pred) and expected (true, false, null)"},
    {.name = "domain",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(domain),
     .choices = "auto|math|choice|code",
     .help = "how to compare; auto takes each case's domain, code where it has tests, or choice "
             "where gold is a letter"},
    DISTILL_COMMON_ROWS,
};

static int run_verify(int argc, char **argv);

const distill_program TOOL_VERIFY = {
    .name = "distill verify",
    .summary = "compare the verdicts of the verifier with labelled cases",
    .usage = "distill verify --cases FILE.jsonl [--domain auto|math|choice|code]",
    .epilog =
        "The counts are printed as one JSON object, disagreements on stderr as a JSON line each;\n"
        "they do not change the exit status.",
    .options = VERIFY_ROWS,
    .option_count = sizeof VERIFY_ROWS / sizeof *VERIFY_ROWS,
    .defaults = &VERIFY_DEFAULTS,
    .size = sizeof VERIFY_DEFAULTS,
    .main = run_verify,
};

typedef struct verify_counts {
    size_t cases, agree, false_accept, false_reject, unknown;
} verify_counts;

typedef struct verify_run {
    const verify_options *options;
    line_reader lines;
    verify_counts all, undisputed;
    grade_counts grades;
    double seconds, slowest_s; // in the verifier, of all cases and of the slowest
    verdict verdict;
    distill_text text, tests;
} verify_run;

/// CPU time of this thread, so that other programs on the machine do not count.
static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// A letter, or the text of an option, as answer.
static distill_status grade_choice(verdict *v, const verify_case *c)
{
    choice found;
    if (c->option_count == 0)
        return verdict_choice(v, c->gold, c->response);
    choice_find(&found, c->response, c->options, c->option_count);
    return verdict_of_letter(v, choice_letter_of(c->gold), &found);
}

static distill_status check_case(verify_run *run, const verify_case *c)
{
    const code_question question = {distill_text_span(&run->tests), c->prompt, c->language};
    if (c->domain == DOMAIN_CODE)
        return verdict_code(&run->verdict, &question, c->response);
    if (c->domain == DOMAIN_CHOICE)
        return grade_choice(&run->verdict, c);
    return verdict_math_with(&run->verdict, c->gold, c->response, &c->math);
}

static void count(verify_counts *c, verdict_outcome expected, verdict_outcome outcome)
{
    c->cases++;
    c->agree += expected == outcome;
    c->false_accept += expected != VERDICT_RIGHT && outcome == VERDICT_RIGHT;
    c->false_reject += expected == VERDICT_RIGHT && outcome == VERDICT_WRONG;
    c->unknown += expected != VERDICT_UNKNOWN && outcome == VERDICT_UNKNOWN;
}

static const char *outcome_name(verdict_outcome outcome)
{
    return outcome == VERDICT_RIGHT ? "right" : outcome == VERDICT_WRONG ? "wrong" : "unknown";
}

/// Prints the case and its verdict on stderr, as a JSON line.
static distill_status report_disagreement(verify_run *run, const verify_case *c)
{
    distill_status status = DISTILL_OK;
    const verdict *v = &run->verdict;
    distill_json_writer w = {.out = &run->text};
    distill_span tail = c->response;
    if (tail.length > TAIL_BYTES)
        tail = (distill_span){tail.bytes + tail.length - TAIL_BYTES, TAIL_BYTES};
    distill_text_clear(&run->text);
    distill_json_begin_object(&w, NULL);
    distill_json_add_uint(&w, "line", run->lines.number);
    if (c->domain == DOMAIN_CODE)
        distill_json_add_null(&w, "gold");
    else
        distill_json_add_span(&w, "gold", c->gold);
    if (v->found)
        distill_json_add_span(&w, "extracted", distill_text_span(&v->extracted));
    else
        distill_json_add_null(&w, "extracted");
    if (c->expected == VERDICT_UNKNOWN)
        distill_json_add_null(&w, "expected");
    else
        distill_json_add_bool(&w, "expected", c->expected == VERDICT_RIGHT);
    distill_json_add_string(&w, "verdict", outcome_name(v->outcome));
    distill_json_add_string(&w, "reason", grade_reason_name(grade_reason_of(v, c->gold)));
    distill_json_add_string(&w, "rule", v->rule);
    distill_json_add_string(&w, "found_by", v->found_by);
    distill_json_add_bool(&w, "disputed", c->disputed);
    distill_json_add_span(&w, "response_tail", tail);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    fwrite(run->text.bytes, 1, run->text.length, stderr);
done:
    return status;
}

static distill_status verify_line(verify_run *run)
{
    distill_status status = DISTILL_OK;
    verify_case c;
    TRY(verify_case_read(&c, &run->tests, run->lines.doc, run->options->domain));
    double start_s = thread_seconds();
    TRY(check_case(run, &c));
    double taken_s = thread_seconds() - start_s;
    run->seconds += taken_s;
    if (taken_s > run->slowest_s)
        run->slowest_s = taken_s;
    count(&run->all, c.expected, run->verdict.outcome);
    if (!c.disputed)
        count(&run->undisputed, c.expected, run->verdict.outcome);
    run->grades.of[grade_reason_of(&run->verdict, c.gold)]++;
    if (run->verdict.outcome != c.expected)
        TRY(report_disagreement(run, &c));
done:
    return status;
}

static void add_counts(distill_json_writer *w, const verify_counts *c)
{
    distill_json_add_uint(w, "cases", c->cases);
    distill_json_add_uint(w, "agree", c->agree);
    distill_json_add_uint(w, "false_accept", c->false_accept);
    distill_json_add_uint(w, "false_reject", c->false_reject);
    distill_json_add_uint(w, "unknown", c->unknown);
}

static distill_status print_summary(verify_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = &run->text};
    double per_second = run->seconds > 0 ? (double)run->all.cases / run->seconds : 0;
    distill_text_clear(&run->text);
    distill_json_begin_object(&w, NULL);
    add_counts(&w, &run->all);
    distill_json_add_fixed(&w, "per_second", per_second, 0);
    distill_json_add_fixed(&w, "slowest_ms", run->slowest_s * 1e3, 3);
    distill_json_begin_object(&w, "undisputed");
    add_counts(&w, &run->undisputed);
    distill_json_end_object(&w);
    grade_counts_add(&w, &run->grades);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(line_write(distill_text_span(&run->text)));
done:
    return status;
}

static distill_status verify_lines(verify_run *run)
{
    distill_status status = DISTILL_OK;
    bool more;
    for (;;) {
        TRY(line_reader_next(&run->lines, &more));
        if (!more)
            break;
        TRY(verify_line(run));
    }
    TRY(print_summary(run));
done:
    return status;
}

static int run_verify(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    verify_options opt = VERIFY_DEFAULTS;
    verify_run run = {.options = &opt};
    TRY(distill_options_parse(&opt, &TOOL_VERIFY, argc, argv));
    TRY(distill_program_start(&opt.common));
    TRY(distill_options_require(opt.cases, "cases"));
    TRY(line_reader_open(&run.lines, opt.cases, LINE_JSON_OR_EMPTY));
    TRY(verify_lines(&run));
done:
    line_reader_close(&run.lines);
    verdict_free(&run.verdict);
    distill_text_free(&run.text);
    distill_text_free(&run.tests);
    return distill_exit(&TOOL_VERIFY, status);
}
