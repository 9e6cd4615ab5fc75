// tests/cli/packing_report.c - how full micro-batches are with real lengths of documents, and that
// no padding is computed.
//
//     packing_report [TOKENIZER_DIR]          # prints the table of docs/performance.md
//
// Documents are the problems and worked solutions of the shared benchmarks, in tokens of Qwen3's
// tokenizer. The trainer packs each step (--batch-tokens 32768) into micro-batches of at most
// --micro-batch-tokens, which the objective gives to the decoder, as in distill-train. Printed,
// over an epoch: how full the micro-batches are, with and without the emptiest of each step; how
// uneven they are (standard deviation as a share of the mean); and tokens that the decoder computes
// beyond those of the documents. Fails if there is one. Status 77 without the shared data.
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/base/memory.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "student/sft.h"
#include "tests/support/shared_data.h"

#include <math.h>
#include <stdio.h>

enum { BATCH_TOKENS = 32768 };

typedef struct corpus {
    const char *path, *problem, *solution; // under ../shared/data; names of the members
} corpus;
static const corpus CORPORA[] = {
    {"data/benchmarks/gsm8k/test_first_half.jsonl", "question", "answer"},
    {"data/benchmarks/math500/test_first_half.jsonl", "problem", "solution"},
    {"data/benchmarks/humaneval/HumanEval.jsonl", "prompt", "canonical_solution"}};
static const size_t MICRO_TOKENS[] = {512, 2048, 4096, 8192};

static distill_status add_document(training_data *data, const distill_tokenizer *tok,
                                   const distill_json *doc, const corpus *c)
{
    distill_status status = DISTILL_OK;
    training_document d = {.first = data->tokens.count, .number = (uint32_t)data->count + 1};
    distill_span problem, solution;
    distill_ids ids = {0};
    TRY(distill_json_get_string(&problem, doc, distill_json_root(doc), c->problem));
    TRY(distill_json_get_string(&solution, doc, distill_json_root(doc), c->solution));
    TRY(distill_tokenizer_encode(&ids, tok, problem.bytes, problem.length, 0));
    d.prompt = (uint32_t)ids.count;
    TRY(distill_tokenizer_encode(&ids, tok, solution.bytes, solution.length, 0));
    d.length = (uint32_t)ids.count;
    d.targets = d.length - (d.prompt > 0 ? d.prompt : 1);
    for (size_t i = d.prompt; i < ids.count; i++)
        ids.at[i] |= TRAINING_LEARNED;
    TRY(token_store_append(&data->tokens, ids.at, ids.count));
    TRY(distill_grow((void **)&data->documents, data->count, data->count + 1,
                     sizeof *data->documents));
    data->documents[data->count++] = d;
done:
    distill_ids_free(&ids);
    return status;
}

static distill_status add_corpus(training_data *data, const distill_tokenizer *tok,
                                 const char *path, const corpus *c)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_json *doc = NULL;
    distill_span line;
    bool more = true;
    TRY(distill_lines_open(&lines, path, 1 << 24));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        TRY(distill_json_parse(&doc, line.bytes, line.length, path));
        TRY(add_document(data, tok, doc, c));
        distill_json_free(doc);
        doc = NULL;
    }
done:
    distill_json_free(doc);
    distill_lines_close(lines);
    return status;
}

typedef struct filling {
    size_t computed, documents;       // tokens
    size_t bins, full_bins;           // all; all but the last of each step
    double full_tokens, sum, squares; // of bins
} filling;

static void count_step(filling *f, const distill_step_plan *plan, size_t tokens, size_t least)
{
    f->bins += plan->micro_batches;
    f->full_bins += plan->micro_batches - 1;
    f->full_tokens += (double)(tokens - least);
}

/// An epoch of micro-batches, as they are given to the decoder.
static distill_status fill(filling *f, const training_data *data, size_t micro_tokens)
{
    distill_status status = DISTILL_OK;
    sft *run = NULL;
    sft_settings settings = {.batching = {.seed = 1, .tokens = BATCH_TOKENS},
                             .packing = {.tokens = micro_tokens}};
    TRY(sft_create(&run, data, &settings));
    distill_objective objective = sft_objective(run);
    for (uint64_t step = 1; step <= sft_epoch_steps(run); step++) {
        distill_step_plan plan;
        size_t least = SIZE_MAX, all = 0;
        TRY(objective.begin_step(objective.context, step, &plan));
        for (size_t i = 0; i < plan.micro_batches; i++) {
            distill_packed_batch batch;
            TRY(objective.micro_batch(objective.context, i, &batch));
            for (size_t d = 0; d < batch.documents; d++)
                f->documents += batch.lengths[d];
            f->computed += batch.count;
            f->sum += (double)batch.count;
            f->squares += (double)batch.count * (double)batch.count;
            all += batch.count;
            least = batch.count < least ? batch.count : least;
        }
        count_step(f, &plan, all, least);
    }
done:
    sft_free(run);
    return status;
}

static distill_status print_rows(bool *padded, const training_data *data, const char *name)
{
    distill_status status = DISTILL_OK;
    size_t longest = training_data_longest(data), total = training_data_tokens(data);
    printf("\n%s: %zu documents, %zu tokens, %.0f on average, %zu at most\n", name, data->count,
           total, (double)total / (double)data->count, longest);
    printf("| --micro-batch-tokens | micro-batches | full | but the last of a step | unevenness | "
           "padding |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof MICRO_TOKENS / sizeof *MICRO_TOKENS; i++) {
        size_t most = MICRO_TOKENS[i] < longest ? longest : MICRO_TOKENS[i]; // as the trainer does
        filling f = {0};
        TRY(fill(&f, data, most));
        double mean = f.sum / (double)f.bins, room = (double)most;
        printf("| %zu | %zu | %.1f%% | %.1f%% | %.1f%% | %zu |\n", most, f.bins, 100 * mean / room,
               100 * f.full_tokens / ((double)f.full_bins * room),
               100 * sqrt(fmax(0, f.squares / (double)f.bins - mean * mean)) / mean,
               f.computed - total);
        *padded = *padded || f.computed != total || f.documents != total;
    }
done:
    return status;
}

static distill_status report(bool *padded, const char *tokenizer)
{
    distill_status status = DISTILL_OK;
    distill_tokenizer *tok = NULL;
    training_data data = {0};
    TRY(distill_tokenizer_load(&tok, tokenizer));
    for (size_t i = 0; i < sizeof CORPORA / sizeof *CORPORA; i++) {
        training_source source = {.weight = 1};
        const char *path = shared_data(CORPORA[i].path);
        if (path == NULL)
            continue;
        TRY(add_corpus(&data, tok, path, &CORPORA[i]));
        source.count = data.count;
        data.sources = &source;
        data.source_count = 1;
        status = print_rows(padded, &data, CORPORA[i].path);
        data.sources = NULL;
        data.source_count = 0;
        TRY(status);
        training_data_free(&data);
        data = (training_data){0};
    }
done:
    training_data_free(&data);
    distill_tokenizer_free(tok);
    return status;
}

int main(int argc, char **argv)
{
    const char *tokenizer = argc > 1 ? argv[1] : shared_data("data/tokenizers/qwen3");
    bool padded = false;
    if (tokenizer == NULL || shared_data("data/benchmarks") == NULL) {
        printf("skipped: the shared tokenizers and benchmarks are not there\n");
        return 77;
    }
    if (report(&padded, tokenizer) != DISTILL_OK) {
        fprintf(stderr, "%s\n", distill_error_message());
        return 1;
    }
    return padded ? 1 : 0;
}
