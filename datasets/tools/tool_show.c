// datasets/tools/tool_show.c - `distill show DIR`: prints traces in a readable form.
//
// Traces are untrusted: control characters and marks that change the direction of text are replaced
// before anything reaches the terminal.
#include "datasets/tools/dataset_tools.h"
#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/interrupt.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"

#include <stdio.h>
#include <string.h>

typedef struct show_options {
    distill_common_options common;
    distill_string_list inputs;
    const char *id;
    int index;
    size_t count;
    bool rejected, verify, skip_damaged;
} show_options;

static const show_options SHOW_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS, .index = -1, .count = 3};

#define AT(field) offsetof(show_options, field)
static const distill_option SHOW_ROWS[] = {
    {.section = "Show"},
    {.name = "input",
     .letter = 'i',
     .type = DISTILL_OPT_LIST,
     .offset = AT(inputs),
     .unit = "DIR|FILE",
     .help = "directory of traces, or a single shard; --input may be left out",
     .positional_list = true},
    {.name = "id",
     .type = DISTILL_OPT_STRING,
     .offset = AT(id),
     .unit = "ID",
     .help = "all traces of the prompt with this id"},
    {.name = "index",
     .type = DISTILL_OPT_INT,
     .offset = AT(index),
     .low = -1,
     .high = INT32_MAX,
     .unit = "I",
     .help = "only this trace, counted from 0; -1: the first ones"},
    {.name = "rejected",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(rejected),
     .help = "only traces that were not kept"},
    {.name = "count",
     .letter = 'n',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(count),
     .low = 1,
     .high = 1e9,
     .unit = "N",
     .help = "at most N traces, unless --id or --index selects them"},
    {.name = "verify",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(verify),
     .help = "check every shard against its checksum first, and name the damaged traces"},
    {.name = "skip-damaged",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_damaged),
     .help = "leave out traces that cannot be read, with a warning for each"},
    DISTILL_COMMON_ROWS,
};

static int run_show(int argc, char **argv);

const distill_program TOOL_SHOW = {
    .name = "distill show",
    .summary = "print traces for reading",
    .usage = "distill show DIR [--id ID | --index I | --rejected]",
    .options = SHOW_ROWS,
    .option_count = sizeof SHOW_ROWS / sizeof *SHOW_ROWS,
    .defaults = &SHOW_DEFAULTS,
    .size = sizeof SHOW_DEFAULTS,
    .main = run_show,
};

/// Prints text whose control characters are shown as escapes.
static void print_shown(distill_span text, distill_line_ends line_ends)
{
    distill_text shown = {0};
    if (distill_text_add_shown(&shown, text, line_ends) == DISTILL_OK)
        fwrite(shown.bytes != NULL ? shown.bytes : "", 1, shown.length, stdout);
    distill_text_free(&shown);
}

static void print_inline(distill_span text)
{
    print_shown(text, DISTILL_ONE_LINE);
}

static void print_text(distill_span text)
{
    print_shown(text, DISTILL_KEEP_LINES);
    if (text.length == 0 || text.bytes[text.length - 1] != '\n')
        putchar('\n');
}

static void print_part(const char *title, distill_span text)
{
    printf("--- %s\n", title);
    print_text(text);
}

static void print_verdict(const trace_record *record)
{
    static const char *const words[] = {"unknown", "wrong", "right"};
    printf("--- verdict: %s", words[record->correct + 1]);
    if (record->reason != TRACE_KEPT)
        printf("; rejected: %s (%s)", trace_reason_name(record->reason),
               trace_reason_text(record->reason));
    if (record->extracted.length > 0)
        printf("; extracted answer:\n");
    else
        printf("; no answer was found\n");
    if (record->extracted.length > 0)
        print_text(record->extracted);
}

static void print_trace(const trace_record *record, size_t index)
{
    static const char *const finishes[] = {"complete", "cut off at the token limit",
                                           "failed at the teacher"};
    printf("=== trace %zu: ", index);
    print_inline(record->id);
    printf("\nsample %d, %s, %d + %d tokens", record->sample, finishes[record->finish],
           record->prompt_tokens, record->response_tokens);
    printf(", domain ");
    print_inline(record->domain);
    if (record->language.length > 0)
        printf(", language ");
    print_inline(record->language);
    putchar('\n');
    print_part("prompt", record->prompt);
    print_part("response", record->response);
    if (record->answer.length > 0)
        print_part("reference answer", record->answer);
    if (record->error.length > 0)
        print_part("error", record->error);
    if (record->has_verdict)
        print_verdict(record);
    putchar('\n');
}

/// Sets *matches to whether the options select trace `index`, and reads it into `record` then.
static distill_status read_matching(trace_reader *traces, size_t index, const show_options *opt,
                                    trace_record *record, bool *matches)
{
    distill_status status = DISTILL_OK;
    distill_span id;
    int32_t sample = 0;
    *matches = false;
    if (opt->id != NULL) {
        TRY(trace_reader_hint(trace_reader_read_key(traces, index, &id, &sample)));
        if (!distill_span_is(id, opt->id))
            return DISTILL_OK;
    }
    TRY(trace_reader_hint(trace_reader_read(traces, index, record)));
    *matches = !opt->rejected || (record->has_verdict && record->reason != TRACE_KEPT);
done:
    return status;
}

static distill_status show_matching(trace_reader *traces, const show_options *opt)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    bool matches = false;
    size_t shown = 0, count = trace_reader_count(traces);
    for (size_t i = 0; i < count && (opt->id != NULL || shown < opt->count); i++) {
        TRY(distill_interrupt_check());
        TRY(read_matching(traces, i, opt, &record, &matches));
        if (!matches)
            continue;
        print_trace(&record, i);
        shown++;
    }
    if (shown == 0 && opt->id != NULL)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no%s trace with the id \"%s\"", opt->inputs.at[0],
                         opt->rejected ? " rejected" : "", opt->id));
    printf("%zu of %zu traces%s\n", shown, count, opt->rejected ? ", rejected ones" : "");
done:
    return status;
}

static distill_status show_one(trace_reader *traces, size_t index)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    TRY(trace_reader_hint(trace_reader_read(traces, index, &record)));
    print_trace(&record, index);
done:
    return status;
}

static int run_show(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    show_options opt = SHOW_DEFAULTS;
    trace_reader *traces = NULL;
    TRY(distill_options_parse(&opt, &TOOL_SHOW, argc, argv));
    TRY(distill_program_start(&opt.common));
    if (opt.inputs.count != 1)
        TRY(distill_fail(DISTILL_USAGE, "expected one directory of traces (see --help)"));
    if (opt.index >= 0 && opt.id != NULL)
        TRY(distill_fail(DISTILL_USAGE, "--id and --index cannot be given together"));
    TRY(opt.skip_damaged ? trace_reader_open_rest(&traces, opt.inputs.at[0])
                         : trace_reader_open(&traces, opt.inputs.at[0]));
    if (opt.verify)
        TRY(trace_reader_verify(traces));
    TRY(opt.index >= 0 ? show_one(traces, (size_t)opt.index) : show_matching(traces, &opt));
done:
    trace_reader_close(traces);
    return distill_exit(&TOOL_SHOW, status);
}
