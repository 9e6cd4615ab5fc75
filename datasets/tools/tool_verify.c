// datasets/tools/tool_verify.c - `distill verify --cases FILE.jsonl`: labelled cases in, agreement and
// every disagreement out.
//
// A case: {"gold": "1/2", "response": "… \\boxed{0.5}", "expected": true}; "pred" may stand for
// "response", "expected" may be null where only "unknown" is right. Understood as well: "domain",
// "options" (texts of A, B, …), "kind" ("string": a letter), "config" ("precision", "strict"), and
// "disputed" or "convention", which set a case aside from the figures under "undisputed". A case with
// "tests" (or the fields of a published programming problem) needs no gold: its program is run.
#include "datasets/tools/dataset_tools.h"
#include "datasets/verify/choice.h"
#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/code/code_verdict.h"
#include "datasets/verify/verdict.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/options/options.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONGEST_LINE = 64 << 20, MOST_OPTIONS = 10, TAIL_BYTES = 160 };

typedef enum verify_domain { DOMAIN_AUTO, DOMAIN_MATH, DOMAIN_CHOICE, DOMAIN_CODE } verify_domain;

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
     .type = DISTILL_OPT_ENUM,
     .offset = AT(domain),
     .choices = "auto|math|choice|code",
     .help = "how to compare; auto takes each case's domain, code where it has tests, or choice "
             "where gold is a letter"},
    DISTILL_COMMON_ROWS,
};

static int run_verify(int argc, char **argv);

const distill_program TOOL_VERIFY = {
    .name = "distill verify",
    .summary = "compare the verifier with labelled cases",
    .usage = "distill verify --cases FILE.jsonl [--domain auto|math|choice|code]",
    .epilog = "Disagreements go to stderr, a JSON line each; the counts to stdout as one JSON "
              "object.\n",
    .options = VERIFY_ROWS,
    .option_count = sizeof VERIFY_ROWS / sizeof *VERIFY_ROWS,
    .defaults = &VERIFY_DEFAULTS,
    .size = sizeof VERIFY_DEFAULTS,
    .main = run_verify,
};

typedef struct labelled_case {
    size_t line;
    distill_span gold, response;
    char number[32]; // a gold that is a JSON number
    verdict_outcome expected;
    bool choice, code, disputed;
    distill_span prompt, language; // of code
    math_options math;
    distill_span options[MOST_OPTIONS];
    size_t option_count;
} labelled_case;

typedef struct counts {
    size_t cases, agree, false_accept, false_reject, unknown;
} counts;

typedef struct verify_run {
    counts all, undisputed;
    double seconds, slowest;
    verdict verdict;
    distill_text line, tests;
} verify_run;

static distill_status read_expected(verdict_outcome *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_member(root, "expected");
    distill_json_kind kind = node != NULL ? distill_json_kind_of(node) : DISTILL_JSON_ARRAY;
    if (kind == DISTILL_JSON_BOOL)
        *out = distill_json_true(node) ? VERDICT_RIGHT : VERDICT_WRONG;
    else if (kind == DISTILL_JSON_NULL)
        *out = VERDICT_UNKNOWN;
    else
        return distill_fail(DISTILL_FORMAT, "%s: expected true, false or null, found %s",
                            distill_json_where(doc, root, "expected"),
                            node != NULL ? distill_json_kind_name(node) : "nothing");
    return DISTILL_OK;
}

static distill_status read_config(math_options *out, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *config = distill_json_present(distill_json_root(doc), "config");
    bool strict = true;
    size_t precision = 0;
    *out = MATH_DEFAULTS;
    if (config == NULL)
        return DISTILL_OK;
    TRY(distill_json_get_bool_or(&strict, doc, config, "strict", true));
    out->any_variable = !strict;
    if (distill_json_present(config, "precision") != NULL) {
        TRY(distill_json_get_size(&precision, doc, config, "precision", 0, 15));
        out->precision = (int)precision;
    }
done:
    return status;
}

/// The texts of the options, from an array or from an object A, B, ….
static void read_option_texts(labelled_case *out, const distill_json *doc)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), "options");
    if (node == NULL)
        return;
    for (const distill_json_node *one = distill_json_first(node);
         one != NULL && out->option_count < MOST_OPTIONS; one = distill_json_next(one))
        out->options[out->option_count++] = distill_json_string(doc, one);
}

/// A letter as gold, options to choose from, or a word for it: multiple choice.
static distill_status read_domain(labelled_case *out, const distill_json *doc, verify_domain domain)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_span kind = distill_json_string(doc, distill_json_present(root, "kind"));
    distill_span named = distill_json_string(doc, distill_json_present(root, "domain"));
    if (domain == DOMAIN_AUTO && distill_span_is(named, "choice"))
        domain = DOMAIN_CHOICE;
    if (domain == DOMAIN_AUTO && distill_span_is(named, "math"))
        domain = DOMAIN_MATH;
    bool letter = choice_letter_of(out->gold) != '\0';
    if (domain == DOMAIN_CHOICE || domain == DOMAIN_MATH)
        out->choice = domain == DOMAIN_CHOICE;
    else
        out->choice =
            choice_is_letter(out->gold) && (kind.length == 0 || distill_span_is(kind, "string"));
    if (out->choice && !letter)
        return distill_fail(DISTILL_FORMAT, "%s: a letter from A to J was expected, found %.*s",
                            distill_json_where(doc, root, "gold"), (int)out->gold.length,
                            out->gold.bytes);
    return DISTILL_OK;
}

/// The reference answer: a string, or a number.
static distill_status read_gold(labelled_case *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = distill_json_present(root, "gold");
    if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_NUMBER)
        return distill_json_get_string(&out->gold, doc, root, "gold");
    snprintf(out->number, sizeof out->number, "%.15g", distill_json_number(node));
    out->gold = distill_span_of(out->number);
    return DISTILL_OK;
}

/// A program to be run; its tests go to `tests`.
static distill_status read_code(labelled_case *out, distill_text *tests, const distill_json *doc,
                                verify_domain domain)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    distill_span named = distill_json_string(doc, distill_json_present(root, "domain"));
    distill_text_clear(tests);
    TRY(code_tests_of_line(tests, doc));
    bool automatic = domain == DOMAIN_AUTO;
    out->code = domain == DOMAIN_CODE || (automatic && distill_span_is(named, "code")) ||
                (automatic && named.length == 0 && tests->length > 0);
    out->prompt = distill_json_string(doc, distill_json_present(root, "prompt"));
    out->language = distill_json_string(doc, distill_json_present(root, "language"));
done:
    return status;
}

static distill_status read_case(labelled_case *out, distill_text *tests, const distill_json *doc,
                                verify_domain domain)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const char *reply = distill_json_present(root, "pred") != NULL ? "pred" : "response";
    if (distill_json_present(root, "response") != NULL)
        reply = "response";
    bool convention = false;
    TRY(read_code(out, tests, doc, domain));
    if (!out->code)
        TRY(read_gold(out, doc));
    TRY(distill_json_get_string(&out->response, doc, root, reply));
    TRY(read_expected(&out->expected, doc));
    TRY(read_config(&out->math, doc));
    TRY(distill_json_get_bool_or(&convention, doc, root, "convention", false));
    out->disputed = convention || distill_json_present(root, "disputed") != NULL;
    read_option_texts(out, doc);
    if (!out->code)
        TRY(read_domain(out, doc, domain));
done:
    return status;
}

/// Of this thread's own time, so that other programs on the machine do not count.
static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static distill_status judge_choice(verdict *v, const labelled_case *one)
{
    choice found;
    if (one->option_count == 0)
        return verdict_choice(v, one->gold, one->response);
    distill_text_clear(&v->extracted);
    choice_find(&found, one->response, one->options, one->option_count);
    v->found = found.letter != '\0';
    v->found_by = found.found_by;
    v->rule = v->found ? "letter" : "no answer";
    v->outcome = !v->found                                     ? VERDICT_UNKNOWN
                 : found.letter == choice_letter_of(one->gold) ? VERDICT_RIGHT
                                                               : VERDICT_WRONG;
    return v->found ? distill_text_add_char(&v->extracted, found.letter) : DISTILL_OK;
}

static void count(counts *c, verdict_outcome expected, verdict_outcome outcome)
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

static const char *expected_name(verdict_outcome expected)
{
    return expected == VERDICT_RIGHT ? "true" : expected == VERDICT_WRONG ? "false" : "null";
}

/// {"line":…,"gold":…,"extracted":…,"expected":…,"verdict":…, …} on stderr.
static distill_status report(distill_text *line, const labelled_case *one, const verdict *v)
{
    distill_status status = DISTILL_OK;
    distill_span tail = one->response;
    if (tail.length > TAIL_BYTES)
        tail = (distill_span){tail.bytes + tail.length - TAIL_BYTES, TAIL_BYTES};
    distill_text_clear(line);
    TRY(distill_text_printf(line, "{\"line\":%zu,\"gold\":", one->line));
    if (one->code)
        TRY(distill_text_add(line, "null"));
    else
        TRY(distill_json_write_string(line, one->gold));
    TRY(distill_text_add(line, ",\"extracted\":"));
    if (v->found)
        TRY(distill_json_write_string(line, distill_text_span(&v->extracted)));
    else
        TRY(distill_text_add(line, "null"));
    TRY(distill_text_printf(
        line, ",\"expected\":%s,\"verdict\":\"%s\",\"rule\":\"%s\",\"found_by\":\"%s\"",
        expected_name(one->expected), outcome_name(v->outcome), v->rule, v->found_by));
    TRY(distill_text_printf(
        line, ",\"disputed\":%s,\"response_tail\":", one->disputed ? "true" : "false"));
    TRY(distill_json_write_string(line, tail));
    TRY(distill_text_add(line, "}\n"));
    fwrite(line->bytes, 1, line->length, stderr);
done:
    return status;
}

static distill_status judge_line(verify_run *run, const verify_options *opt, distill_span line,
                                 size_t number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    char where[512];
    labelled_case one = {.line = number};
    snprintf(where, sizeof where, "%s:%zu", opt->cases, number);
    TRY(distill_json_parse(&doc, line.bytes, line.length, where));
    TRY(read_case(&one, &run->tests, doc, opt->domain));
    double start = now_seconds();
    if (one.code)
        TRY(verdict_code(&run->verdict,
                         &(code_question){distill_text_span(&run->tests), one.prompt, one.language},
                         one.response));
    else if (one.choice)
        TRY(judge_choice(&run->verdict, &one));
    else
        TRY(verdict_math_with(&run->verdict, one.gold, one.response, &one.math));
    double taken = now_seconds() - start;
    run->seconds += taken;
    if (taken > run->slowest)
        run->slowest = taken;
    count(&run->all, one.expected, run->verdict.outcome);
    if (!one.disputed)
        count(&run->undisputed, one.expected, run->verdict.outcome);
    if (run->verdict.outcome != one.expected)
        TRY(report(&run->line, &one, &run->verdict));
done:
    distill_json_free(doc);
    return status;
}

static void print_counts(const counts *c)
{
    printf("\"cases\":%zu,\"agree\":%zu,\"false_accept\":%zu,\"false_reject\":%zu,\"unknown\":%zu",
           c->cases, c->agree, c->false_accept, c->false_reject, c->unknown);
}

static void print_summary(const verify_run *run)
{
    printf("{");
    print_counts(&run->all);
    printf(",\"per_second\":%.0f,\"slowest_ms\":%.3f,\"undisputed\":{",
           run->seconds > 0 ? (double)run->all.cases / run->seconds : 0.0, run->slowest * 1e3);
    print_counts(&run->undisputed);
    printf("}}\n");
}

static int run_verify(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    verify_options opt = VERIFY_DEFAULTS;
    verify_run run = {0};
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    TRY(distill_options_parse(&opt, &TOOL_VERIFY, argc, argv));
    TRY(distill_program_start(&opt.common));
    TRY(distill_options_require(opt.cases, "cases"));
    TRY(distill_lines_open(&lines, opt.cases, LONGEST_LINE));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (distill_span_trim(line).length > 0)
            TRY(judge_line(&run, &opt, line, distill_lines_number(lines)));
    }
    print_summary(&run);
done:
    distill_lines_close(lines);
    verdict_free(&run.verdict);
    distill_text_free(&run.line);
    distill_text_free(&run.tests);
    return distill_exit(&TOOL_VERIFY, status);
}
