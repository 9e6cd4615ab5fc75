// distill/tools/tool_score.c - `distill score`: the log-probability of each token of given texts.
//
// Lines are read until a batch is full, computed as packed documents (attention does not cross
// document borders), and written in their order. A document longer than --batch-tokens is computed
// alone. With bf16 and int8 weights each document is computed separately, by the decoder that also
// samples.
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/options/options.h"
#include "distill/base/progress.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/model_path.h"
#include "distill/generate/score.h"
#include "distill/model/decoder/decoder.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "distill/tools/line_io.h"
#include "distill/tools/tools.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct score_options {
    distill_common_options common;
    const char *model, *tokenizer, *data;
    distill_weights weights;
    size_t batch_tokens;
} score_options;

static const score_options SCORE_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS, .weights = DISTILL_WEIGHTS_FP32, .batch_tokens = 4096};

#define AT(field) offsetof(score_options, field)
static const distill_option SCORE_ROWS[] = {
    {.section = "Scoring"},
    {.name = "model",
     .letter = 'm',
     .type = DISTILL_OPT_STRING,
     .offset = AT(model),
     .unit = "DIR",
     .help = "Hugging Face checkpoint directory, or builtin",
     .aliases = "model-name-or-path"},
    {.name = "data",
     .letter = 'd',
     .type = DISTILL_OPT_STRING,
     .offset = AT(data),
     .unit = "FILE",
     .help = "JSON lines with \"ids\" or \"text\"; - is standard input, .zst is decompressed",
     .aliases = "input"},
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR",
     .help = "directory of the tokenizer; default: that of the model"},
    {.name = "weights",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(weights),
     .choices = "bf16|fp32|int8",
     .help = "compute as in sampling with these weights, to measure their loss of precision"},
    {.name = "batch-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(batch_tokens),
     .low = 1,
     .high = 1 << 24,
     .unit = "N",
     .help = "tokens computed together; a longer text is computed alone"},
    DISTILL_COMMON_ROWS,
};

static int run_score(int argc, char **argv);

const distill_program TOOL_SCORE = {
    .name = "distill score",
    .summary = "compute the log-probability of each token under a model",
    .usage = "distill score --model DIR --data FILE.jsonl [options]",
    .epilog = "For each line {\"ids\":[...]} or {\"text\":\"...\"} a line "
              "{\"ids\":[...],\"logprobs\":[...],\"nll\":x}\n"
              "is written. logprobs: natural logarithms, for each token after the first; nll: "
              "minus their\n"
              "sum. Texts are encoded as the model's tokenizer does by default: a first token such "
              "as <s>\n"
              "is added where it adds one, and special tokens written in the text are recognised.\n"
              "The perplexity of all tokens is printed on stderr at the end.",
    .options = SCORE_ROWS,
    .option_count = sizeof SCORE_ROWS / sizeof *SCORE_ROWS,
    .defaults = &SCORE_DEFAULTS,
    .size = sizeof SCORE_DEFAULTS,
    .main = run_score,
};

enum { MAX_DOCUMENTS = 4096 };

typedef struct scorer {
    const score_options *opt;
    line_reader lines;
    distill_text model_dir;
    distill_checkpoint *checkpoint;
    distill_layout *layout;
    float *params;
    distill_tokenizer *tokenizer; // loaded when the first text is read
    distill_decoder *decoder;
    distill_scorer *packed; // for bf16 and int8 weights; replaces params and decoder
    size_t capacity;        // tokens of `nll` and of the decoder's plan

    distill_ids tokens;            // of the batch being filled: documents, concatenated
    size_t lengths[MAX_DOCUMENTS]; // [documents] number of tokens
    size_t documents;
    float *nll; // [capacity] -log p of each token
    distill_text line;

    double nll_sum;
    uint64_t scored, lines_written;
    bool warned; // about a text longer than the model's context
} scorer;

// --- reading -------------------------------------------------------------------------------------

static distill_status append_text(scorer *s, distill_span text)
{
    distill_status status = DISTILL_OK;
    if (s->tokenizer == NULL)
        TRY(distill_tokenizer_load(&s->tokenizer, s->opt->tokenizer != NULL ? s->opt->tokenizer
                                                                            : s->model_dir.bytes));
    TRY(distill_tokenizer_encode(&s->tokens, s->tokenizer, text.bytes, text.length,
                                 DISTILL_ADD_SPECIAL | DISTILL_PARSE_SPECIAL));
done:
    return status;
}

static distill_status append_ids(scorer *s, const distill_json *doc, const distill_json_node *array)
{
    distill_status status = DISTILL_OK;
    size_t V = s->layout->config.V;
    for (const distill_json_node *n = distill_json_first(array); n != NULL;
         n = distill_json_next(n)) {
        double id = distill_json_number(n);
        if (distill_json_kind_of(n) != DISTILL_JSON_NUMBER || id != floor(id) || id < 0 ||
            id >= (double)V)
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: expected token ids between 0 and %zu, the model's vocabulary",
                             distill_json_where(doc, distill_json_root(doc), "ids"), V - 1));
        TRY(distill_ids_append(&s->tokens, (int32_t)id));
    }
done:
    return status;
}

/// Appends the document of the current line to the batch.
static distill_status append_line(scorer *s)
{
    distill_status status = DISTILL_OK;
    size_t before = s->tokens.count;
    const distill_json *doc = s->lines.doc;
    const distill_json_node *ids = distill_json_present(distill_json_root(doc), "ids");
    const distill_json_node *text = distill_json_present(distill_json_root(doc), "text");
    if (ids != NULL && distill_json_kind_of(ids) == DISTILL_JSON_ARRAY)
        TRY(append_ids(s, doc, ids));
    else if (ids == NULL && distill_json_kind_of(text) == DISTILL_JSON_STRING)
        TRY(append_text(s, distill_json_string(doc, text)));
    else
        TRY(distill_fail(
            DISTILL_FORMAT, "%s: expected {\"ids\":[...]} or {\"text\":\"...\"}, found %s",
            s->lines.where, ids != NULL || text != NULL ? "one of another type" : "neither"));
    s->lengths[s->documents++] = s->tokens.count - before;
done:
    return status;
}

// --- computing -----------------------------------------------------------------------------------

/// Allocates `nll` for `tokens`; its content is lost.
static distill_status reserve_nll(scorer *s, size_t tokens)
{
    distill_status status = DISTILL_OK;
    distill_free(s->nll);
    s->nll = NULL;
    s->capacity = 0;
    TRY(DISTILL_NEW(&s->nll, tokens));
    s->capacity = tokens;
done:
    return status;
}

/// Creates a decoder with room for `tokens`, unless there is one.
/// Errors  LIMIT, with the sizes, if it does not fit into memory.
static distill_status reserve_decoder(scorer *s, size_t tokens)
{
    distill_status status = DISTILL_OK;
    distill_decoder_plan plan = {.max_tokens = tokens};
    size_t bytes = 0;
    char needed[32], available[32];
    if (tokens <= s->capacity)
        goto done;
    distill_decoder_free(s->decoder);
    s->decoder = NULL;
    s->capacity = 0;
    TRY(distill_decoder_bytes(&bytes, s->layout, &plan));
    if (bytes > distill_memory_available())
        TRY(distill_fail(
            DISTILL_LIMIT,
            "a text of %zu tokens requires %s, and %s are available; split it, or lower "
            "--batch-tokens",
            tokens, distill_format_bytes(needed, sizeof needed, (double)bytes),
            distill_format_bytes(available, sizeof available, (double)distill_memory_available())));
    TRY(distill_decoder_create(&s->decoder, s->layout, &plan));
    TRY(reserve_nll(s, tokens));
done:
    return status;
}

static distill_status write_document(scorer *s, const int32_t *ids, const float *nll, size_t count)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = &s->line};
    double sum = 0;
    for (size_t i = 1; i < count; i++)
        sum += (double)nll[i];
    if (!isfinite(sum))
        TRY(distill_fail(DISTILL_NUMERIC, "the model's log-probabilities are not finite; its "
                                          "weights may be damaged"));
    distill_text_clear(&s->line);
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "ids");
    for (size_t i = 0; i < count; i++)
        distill_json_add_int(&w, NULL, ids[i]);
    distill_json_end_array(&w);
    distill_json_begin_array(&w, "logprobs");
    for (size_t i = 1; i < count; i++)
        distill_json_add_rounded(&w, NULL, 0.0 - (double)nll[i], 7);
    distill_json_end_array(&w);
    distill_json_add_rounded(&w, "nll", sum, 9);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(line_write(distill_text_span(&s->line)));
    s->nll_sum += sum;
    s->scored += count > 0 ? count - 1 : 0;
    s->lines_written++;
done:
    return status;
}

/// Computes and writes the first `count` documents of the batch, one at a time.
static distill_status score_packed(scorer *s, size_t count)
{
    distill_status status = DISTILL_OK;
    const int32_t *tokens = s->tokens.at;
    for (size_t d = 0; d < count; tokens += s->lengths[d++]) {
        if (s->lengths[d] > s->capacity)
            TRY(reserve_nll(s, s->lengths[d]));
        TRY(distill_score(s->nll, s->packed, tokens, s->lengths[d]));
        TRY(write_document(s, tokens, s->nll, s->lengths[d]));
    }
done:
    return status;
}

static void warn_of_length(scorer *s, size_t length)
{
    if (length <= s->layout->config.max_positions || s->warned)
        return;
    distill_warn(
        "a text of %zu tokens is longer than the %zu positions that the model was trained for",
        length, s->layout->config.max_positions);
    s->warned = true;
}

/// Sets s->nll for all tokens of `batch`.
static distill_status compute_batch(scorer *s, const distill_packed_batch *batch, size_t tokens)
{
    distill_status status = DISTILL_OK;
    double sum = 0;
    TRY(reserve_decoder(s, tokens > s->opt->batch_tokens ? tokens : s->opt->batch_tokens));
    distill_cross_entropy_loss nll = {.nll = s->nll};
    distill_logits_loss loss = distill_decoder_cross_entropy(&nll);
    TRY(distill_decoder_forward(s->decoder, s->params, batch));
    TRY(distill_decoder_loss(s->decoder, NULL, s->params, batch, &loss, 1, &sum));
done:
    return status;
}

/// Computes and writes the first `count` documents of the batch.
static distill_status score_documents(scorer *s, size_t count)
{
    distill_status status = DISTILL_OK;
    size_t tokens = 0, begin = 0;
    if (s->packed != NULL)
        return score_packed(s, count);
    for (size_t d = 0; d < count; d++)
        tokens += s->lengths[d];
    distill_packed_batch batch = {s->tokens.at, tokens, s->lengths, count, NULL};
    if (tokens > 0)
        TRY(compute_batch(s, &batch, tokens));
    for (size_t d = 0; d < count; d++) {
        warn_of_length(s, s->lengths[d]);
        TRY(write_document(s, batch.tokens + begin, s->nll + begin, s->lengths[d]));
        begin += s->lengths[d];
    }
done:
    return status;
}

/// Scores the batch, except its last document if `keep_last`, which then begins the next batch.
static distill_status score_batch(scorer *s, bool keep_last)
{
    distill_status status = DISTILL_OK;
    size_t count = keep_last ? s->documents - 1 : s->documents;
    size_t kept = keep_last ? s->lengths[count] : 0;
    TRY(score_documents(s, count));
    if (kept > 0)
        memmove(s->tokens.at, s->tokens.at + s->tokens.count - kept, kept * sizeof *s->tokens.at);
    s->tokens.count = kept;
    s->lengths[0] = kept;
    s->documents -= count;
done:
    return status;
}

static distill_status score_lines(scorer *s)
{
    distill_status status = DISTILL_OK;
    bool more = false;
    distill_progress bar;
    distill_progress_start(&bar, "scoring", "texts", 0, 0);
    for (;;) {
        TRY(line_reader_next(&s->lines, &more));
        if (!more)
            break;
        TRY(append_line(s));
        if (s->tokens.count > s->opt->batch_tokens && s->documents > 1)
            TRY(score_batch(s, true));
        if (s->tokens.count >= s->opt->batch_tokens || s->documents == MAX_DOCUMENTS)
            TRY(score_batch(s, false));
        distill_progress_update(&bar, s->lines_written, NULL);
    }
    if (s->documents > 0)
        TRY(score_batch(s, false));
done:
    distill_progress_finish(&bar);
    return status;
}

static distill_status open_model(scorer *s)
{
    distill_status status = DISTILL_OK;
    char needed[32], available[32];
    TRY(distill_model_path(&s->model_dir, s->opt->model));
    TRY(distill_checkpoint_open(&s->checkpoint, s->model_dir.bytes));
    TRY(distill_layout_create(&s->layout, distill_checkpoint_config(s->checkpoint)));
    if (s->opt->weights != DISTILL_WEIGHTS_FP32)
        return distill_scorer_create(&s->packed, s->checkpoint, s->opt->weights);
    if (s->layout->total * sizeof(float) > distill_memory_available())
        TRY(distill_fail(
            DISTILL_LIMIT, "%s: the weights require %s, and %s are available", s->model_dir.bytes,
            distill_format_bytes(needed, sizeof needed, (double)s->layout->total * sizeof(float)),
            distill_format_bytes(available, sizeof available, (double)distill_memory_available())));
    TRY(DISTILL_NEW(&s->params, s->layout->total));
    TRY(distill_checkpoint_load(s->params, s->layout, s->checkpoint));
done:
    return status;
}

static void print_summary(const scorer *s)
{
    if (s->scored == 0)
        fprintf(stderr, "perplexity: none, because no text has a second token\n");
    else
        fprintf(stderr, "perplexity: %.6g (%llu tokens in %llu texts, %.6g nats per token)\n",
                exp(s->nll_sum / (double)s->scored), (unsigned long long)s->scored,
                (unsigned long long)s->lines_written, s->nll_sum / (double)s->scored);
}

static void scorer_close(scorer *s)
{
    line_reader_close(&s->lines);
    distill_text_free(&s->line);
    distill_free(s->nll);
    distill_ids_free(&s->tokens);
    distill_decoder_free(s->decoder);
    distill_scorer_free(s->packed);
    distill_tokenizer_free(s->tokenizer);
    distill_free(s->params);
    distill_layout_free(s->layout);
    distill_checkpoint_close(s->checkpoint);
    distill_text_free(&s->model_dir);
}

static int run_score(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    score_options opt = SCORE_DEFAULTS;
    scorer s = {.opt = &opt};
    TRY(distill_options_parse(&opt, &TOOL_SCORE, argc, argv));
    TRY(distill_program_start(&opt.common));
    TRY(distill_options_require(opt.model, "model"));
    TRY(distill_options_require(opt.data, "data"));
    TRY(line_reader_open(&s.lines, opt.data, LINE_JSON_OR_EMPTY));
    TRY(open_model(&s));
    TRY(score_lines(&s));
    print_summary(&s);
done:
    scorer_close(&s);
    return distill_exit(&TOOL_SCORE, status);
}
