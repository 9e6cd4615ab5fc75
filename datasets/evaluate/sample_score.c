// datasets/evaluate/sample_score.c - one pass over the samples, which are stored in the order of
// (problem, sample); the vote on a problem is counted when the next problem begins.
#include "datasets/evaluate/sample_score.h"

#include "datasets/evaluate/consensus.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_grade.h"
#include "distill/base/memory.h"

typedef struct score_pass {
    sample_score *score;
    const prompt_set *prompts;
    size_t problem; // that of the last reply
    bool begun;     // a reply was read
    consensus vote;
    uint64_t tokens;
} score_pass;

/// Sets the problem to the one with this id, the current or a later one.
static distill_status find_problem(score_pass *pass, distill_span id)
{
    size_t from = pass->begun ? pass->problem : 0;
    for (size_t i = from; i < pass->score->problems; i++) {
        if (!distill_span_equal(prompt_set_at(pass->prompts, i)->id, id))
            continue;
        if (pass->begun && i != pass->problem) {
            pass->score->cons += consensus_share(&pass->vote);
            consensus_clear(&pass->vote);
        }
        pass->problem = i;
        pass->begun = true;
        return DISTILL_OK;
    }
    return distill_fail(DISTILL_FORMAT,
                        "the reply to \"%.*s\" is not to a problem of the suite, or is out of "
                        "order (--overwrite samples afresh)",
                        (int)id.length, id.bytes);
}

static distill_status take_reply(score_pass *pass, const trace_record *record, size_t row)
{
    distill_status status = DISTILL_OK;
    sample_score *score = pass->score;
    TRY(find_problem(pass, record->id));
    problem_tally *tally = &score->tallies[pass->problem];
    if (!record->has_verdict)
        TRY(distill_fail(DISTILL_FORMAT, "reply %zu has no verdict (--overwrite samples afresh)",
                         row));
    if (tally->samples == score->n)
        TRY(distill_fail(DISTILL_FORMAT, "problem \"%.*s\" has more than %zu replies",
                         (int)record->id.length, record->id.bytes, score->n));
    tally->samples++;
    tally->right += record->correct == 1 ? 1 : 0;
    score->replies[row] = (scored_reply){.problem = (uint32_t)pass->problem,
                                         .tokens = record->response_tokens,
                                         .correct = record->correct,
                                         .finish = (uint8_t)record->finish};
    pass->tokens += record->response_tokens > 0 ? (uint64_t)record->response_tokens : 0;
    score->grades.of[grade_reason_of_trace(record)]++;
    score->grades.truncated += record->finish == TRACE_FINISH_LENGTH ? 1 : 0;
    if (record->extracted.length > 0)
        TRY(consensus_add(&pass->vote, record->extracted, record->correct == 1));
done:
    return status;
}

static distill_status summarise(score_pass *pass, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    sample_score *score = pass->score;
    double replies = score->reply_count > 0 ? (double)score->reply_count : 1;
    score->cons += consensus_share(&pass->vote);
    score->cons /= score->problems > 0 ? (double)score->problems : 1;
    for (size_t i = 0; i < score->problems; i++)
        score->shares[i] = statistics_problem_pass_at_k(score->tallies[i], 1);
    score->pass1 = statistics_pass_at_k(score->tallies, score->problems, 1);
    score->mean_tokens = (double)pass->tokens / replies;
    score->truncated = (double)score->grades.truncated / replies;
    score->unknown = (double)(grade_counts_with(&score->grades, VERDICT_UNKNOWN) -
                              score->grades.of[GRADE_TRUNCATED]) /
                     replies;
    TRY(statistics_bootstrap(&score->ci95, score->shares, score->problems, seed));
done:
    return status;
}

distill_status sample_score_read(sample_score *out, const char *dir, const prompt_set *prompts,
                                 size_t n, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    trace_reader *traces = NULL;
    score_pass pass = {.score = out, .prompts = prompts};
    *out = (sample_score){.n = n, .problems = prompt_set_count(prompts)};
    TRY(trace_reader_open(&traces, dir));
    out->reply_count = trace_reader_count(traces);
    TRY(DISTILL_NEW(&out->tallies, out->problems + 1));
    TRY(DISTILL_NEW(&out->shares, out->problems + 1));
    TRY(DISTILL_NEW(&out->replies, out->reply_count + 1));
    for (size_t row = 0; row < out->reply_count; row++) {
        trace_record record;
        TRY(trace_reader_read(traces, row, &record));
        TRY(take_reply(&pass, &record, row));
    }
    TRY(summarise(&pass, seed));
done:
    consensus_free(&pass.vote);
    trace_reader_close(traces);
    if (status != DISTILL_OK) {
        sample_score_free(out);
        status = distill_fail_context(status, "%s", dir);
    }
    return status;
}

void sample_score_free(sample_score *score)
{
    distill_free(score->tallies);
    distill_free(score->shares);
    distill_free(score->replies);
    *score = (sample_score){0};
}
