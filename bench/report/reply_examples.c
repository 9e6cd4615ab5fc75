// bench/report/reply_examples.c - examples drawn by reservoir sampling from the scores; their texts
// are read from the stored samples.
#include "bench/report/reply_examples.h"

#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_grade.h"
#include "distill/base/rng.h"

enum { SHOWN_BYTES = 12000, PROMPT_BYTES = 4000 };

typedef enum example_kind { RIGHT, WRONG, TRUNCATED, KIND_COUNT } example_kind;

static example_kind kind_of(const scored_reply *reply)
{
    if (reply->correct == 1)
        return RIGHT;
    return reply->finish == TRACE_FINISH_LENGTH ? TRUNCATED : WRONG;
}

static bool shows_problem(const size_t *rows, size_t count, const sample_score *score, size_t row)
{
    for (size_t i = 0; i < count; i++) {
        if (score->replies[rows[i]].problem == score->replies[row].problem)
            return true;
    }
    return false;
}

/// Draws a row of a kind with equal probabilities (reservoir of one); with `fresh` only of problems
/// without an example. False if there is none.
static bool draw_one(size_t *row, const size_t *rows, size_t count, const sample_score *score,
                     example_kind kind, distill_rng *rng, bool fresh)
{
    size_t seen = 0;
    for (size_t i = 0; i < score->reply_count; i++) {
        if (kind_of(&score->replies[i]) != kind)
            continue;
        bool taken = false;
        for (size_t j = 0; j < count; j++)
            taken = taken || rows[j] == i;
        if (taken || (fresh && shows_problem(rows, count, score, i)))
            continue;
        seen++;
        if (distill_rng_below(rng, seen) == 0)
            *row = i;
    }
    return seen > 0;
}

void reply_examples_draw(size_t rows[MOST_EXAMPLES], size_t *count, const sample_score *score,
                         uint64_t seed)
{
    static const size_t WANTED[KIND_COUNT] = {
        [RIGHT] = EXAMPLES_RIGHT, [WRONG] = EXAMPLES_WRONG, [TRUNCATED] = EXAMPLES_TRUNCATED};
    distill_rng rng = distill_rng_start(seed, 0x6578616D);
    *count = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        for (size_t i = 0; i < WANTED[kind]; i++) {
            size_t row = 0;
            if (draw_one(&row, rows, *count, score, (example_kind)kind, &rng, true) ||
                draw_one(&row, rows, *count, score, (example_kind)kind, &rng, false))
                rows[(*count)++] = row;
        }
    }
}

/// "right", "wrong", or the reason why the reply is neither.
static const char *outcome_of(const trace_record *r)
{
    if (r->correct == 1)
        return "right";
    if (grade_is_undecided(grade_reason_of_trace(r)))
        return trace_reason_text(r->reason);
    if (r->finish == TRACE_FINISH_LENGTH)
        return r->extracted.length > 0 ? "wrong, cut off at the token limit"
                                       : "cut off at the token limit before an answer";
    return r->extracted.length > 0 ? "wrong" : "wrong, no answer found";
}

static distill_status write_example(html_page *page, const trace_record *r)
{
    distill_status status = DISTILL_OK;
    enum { MOST = 60 };
    bool found = r->extracted.length > 0;
    int shown = r->extracted.length < MOST ? (int)r->extracted.length : MOST;
    TRY(html_page_details_begin(page, r->correct == 1 ? HTML_GOOD : HTML_BAD,
                                "%.*s, sample %d: %s%s%.*s (%d tokens)", (int)r->id.length,
                                r->id.bytes, r->sample, outcome_of(r), found ? ", answered " : "",
                                shown, found ? r->extracted.bytes : "", r->response_tokens));
    TRY(html_page_verbatim(page, "Problem", r->prompt, PROMPT_BYTES));
    TRY(html_page_verbatim(page, "Reply", r->response, SHOWN_BYTES));
    TRY(html_page_verbatim(page, "Answer read from the reply",
                           found ? r->extracted : distill_span_of("(none)"), PROMPT_BYTES));
    TRY(html_page_verbatim(page, "Reference answer", r->answer, PROMPT_BYTES));
    TRY(html_page_details_end(page));
done:
    return status;
}

distill_status reply_examples_write(html_page *page, const bench_run *run, size_t model, size_t s)
{
    distill_status status = DISTILL_OK;
    const sample_score *score = bench_run_score(run, model, s);
    size_t rows[MOST_EXAMPLES], count = 0;
    distill_text name = {0}, samples = {0};
    trace_reader *traces = NULL;
    reply_examples_draw(rows, &count, score, run->options->common.seed);
    TRY(distill_text_printf(&name, "samples/%s/%s", run->models[model].folder,
                            run->suites[s].folder));
    TRY(bench_output_path(&samples, &run->output, name.bytes));
    TRY(trace_reader_open(&traces, samples.bytes));
    distill_text_clear(&name);
    TRY(distill_text_printf(&name, "%s on %s", run->models[model].name, run->suites[s].name));
    TRY(html_page_subheading(page, name.bytes));
    if (count == 0)
        TRY(html_page_paragraph(page, "There are no replies."));
    for (size_t i = 0; i < count; i++) {
        trace_record record;
        TRY(trace_reader_read(traces, rows[i], &record));
        TRY(write_example(page, &record));
    }
done:
    trace_reader_close(traces);
    distill_text_free(&samples);
    distill_text_free(&name);
    return status;
}
