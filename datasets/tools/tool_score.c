// datasets/tools/tool_score.c - `distill score`: the log-probability of every token of given texts under a model.
//
// Lines are read until a batch is full, run as packed documents (attention restarts at each), and written in
// the order they came in. A document longer than --batch-tokens gets a batch of its own.
#include "datasets/sample/sampling.h"
#include "datasets/tools/dataset_tools.h"
#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/base/log.h"
#include "distill/base/options/options.h"
#include "distill/base/progress.h"
#include "distill/checkpoint/hf_read.h"
#include "distill/checkpoint/model_path.h"
#include "distill/generate/score.h"
#include "distill/model/decoder/decoder.h"
#include "distill/text/tokenizer/tokenizer.h"

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
     .help = "JSON lines with \"ids\" or \"text\" (- is standard input, .zst is unpacked)",
     .aliases = "input"},
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR",
     .help = "where the tokenizer is, if not with the model"},
    {.name = "weights",
     .type = DISTILL_OPT_ENUM,
     .offset = AT(weights),
     .choices = "bf16|fp32|int8",
     .help = "compute as sampling with such weights does, to see what they lose"},
    {.name = "batch-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(batch_tokens),
     .low = 1,
     .high = 1 << 24,
     .unit = "N",
     .help = "tokens computed at once; a longer text is computed alone"},
    DISTILL_COMMON_ROWS,
};

static int run_score(int argc, char **argv);

const distill_program TOOL_SCORE = {
    .name = "distill score",
    .summary = "log-probability of every token under a model",
    .usage = "distill score --model DIR --data FILE.jsonl [options]",
    .epilog =
        "A line {\"ids\":[...]} or {\"text\":\"...\"} in, a line "
        "{\"ids\":[...],\"logprobs\":[...],\"nll\":x} "
        "out.\n"
        "logprobs: natural logarithms, of every token after the first; nll: minus their sum.\n"
        "Texts are encoded as the model's tokenizer does by default (a first token such as <s>\n"
        "is added where it adds one; special tokens written in the text are recognised).\n"
        "At the end the perplexity of all tokens is printed on stderr.\n",
    .options = SCORE_ROWS,
    .option_count = sizeof SCORE_ROWS / sizeof *SCORE_ROWS,
    .defaults = &SCORE_DEFAULTS,
    .size = sizeof SCORE_DEFAULTS,
    .main = run_score,
};

enum { LONGEST_LINE = 256 << 20, MOST_DOCUMENTS = 4096 };

typedef struct scorer {
    const score_options *opt;
    distill_text model_dir;
    distill_checkpoint *checkpoint;
    distill_layout *layout;
    float *params;
    distill_tokenizer *tokenizer; // loaded when the first text comes
    distill_decoder *decoder;
    distill_packed_scorer *packed; // instead of params and decoder, for weights in fewer bits
    size_t capacity;               // tokens of the decoder's plan

    distill_ids tokens; // of the batch being filled, one document after the other
    size_t lengths[MOST_DOCUMENTS];
    size_t documents;
    float *nll; // [capacity]
    distill_text line;

    double nll_sum;
    uint64_t scored, lines;
    bool warned;
} scorer;

// ---- reading -----------------------------------------------------------------------------------------------

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

/// Appends the line's document to the batch.
static distill_status append_line(scorer *s, distill_span line, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text name = {0};
    size_t before = s->tokens.count;
    TRY(distill_text_printf(&name, "%s:%zu", s->opt->data, number));
    TRY(distill_json_parse(&doc, line.bytes, line.length, name.bytes));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *ids = distill_json_present(root, "ids");
    const distill_json_node *text = distill_json_present(root, "text");
    if (ids != NULL && distill_json_kind_of(ids) == DISTILL_JSON_ARRAY)
        TRY(append_ids(s, doc, ids));
    else if (ids == NULL && text != NULL && distill_json_kind_of(text) == DISTILL_JSON_STRING)
        TRY(append_text(s, distill_json_string(doc, text)));
    else
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected {\"ids\":[...]} or {\"text\":\"...\"}, found %s", name.bytes,
                         ids != NULL || text != NULL ? "one of another type" : "neither"));
    s->lengths[s->documents++] = s->tokens.count - before;
done:
    distill_text_free(&name);
    distill_json_free(doc);
    return status;
}

// ---- computing ---------------------------------------------------------------------------------------------

/// A decoder that has room for `tokens`; refuses what does not fit in memory.
static distill_status make_room(scorer *s, size_t tokens)
{
    distill_status status = DISTILL_OK;
    distill_decoder_plan plan = {.max_tokens = tokens};
    size_t bytes = 0;
    char need[32], have[32];
    if (tokens <= s->capacity)
        goto done;
    distill_decoder_free(s->decoder);
    s->decoder = NULL;
    s->capacity = 0;
    TRY(distill_decoder_bytes(&bytes, s->layout, &plan));
    if (bytes > distill_memory_available())
        TRY(distill_fail(
            DISTILL_LIMIT,
            "a text of %zu tokens needs %s and %s are free; split it, or lower "
            "--batch-tokens",
            tokens, distill_format_bytes(need, sizeof need, (double)bytes),
            distill_format_bytes(have, sizeof have, (double)distill_memory_available())));
    TRY(distill_decoder_create(&s->decoder, s->layout, &plan));
    distill_free(s->nll);
    s->nll = NULL;
    TRY(DISTILL_NEW(&s->nll, tokens));
    s->capacity = tokens;
done:
    return status;
}

static distill_status write_document(scorer *s, const int32_t *ids, const float *nll, size_t count)
{
    distill_status status = DISTILL_OK;
    double sum = 0;
    distill_text_clear(&s->line);
    TRY(distill_text_add(&s->line, "{\"ids\":["));
    for (size_t i = 0; i < count; i++)
        TRY(distill_text_printf(&s->line, "%s%d", i > 0 ? "," : "", (int)ids[i]));
    TRY(distill_text_add(&s->line, "],\"logprobs\":["));
    for (size_t i = 1; i < count; i++) {
        TRY(distill_text_printf(&s->line, "%s%.7g", i > 1 ? "," : "", 0.0 - (double)nll[i]));
        sum += (double)nll[i];
    }
    if (!isfinite(sum))
        TRY(distill_fail(DISTILL_NUMERIC, "the model's log-probabilities are not finite; are its "
                                          "weights damaged?"));
    TRY(distill_text_printf(&s->line, "],\"nll\":%.9g}\n", sum));
    if (fwrite(s->line.bytes, 1, s->line.length, stdout) != s->line.length)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
    s->nll_sum += sum;
    s->scored += count > 0 ? count - 1 : 0;
done:
    return status;
}

/// As sampling computes, a document at a time.
static distill_status score_packed(scorer *s, size_t first, size_t count, size_t at)
{
    distill_status status = DISTILL_OK;
    for (size_t d = first; d < first + count; at += s->lengths[d++]) {
        size_t length = s->lengths[d];
        if (length > s->capacity) {
            distill_free(s->nll);
            s->capacity = 0;
            s->nll = NULL;
            TRY(DISTILL_NEW(&s->nll, length));
            s->capacity = length;
        }
        TRY(distill_packed_score(s->nll, s->packed, s->tokens.at + at, length));
        TRY(write_document(s, s->tokens.at + at, s->nll, length));
    }
    s->lines += count;
done:
    return status;
}

/// Computes and writes documents first … first+count-1 of the batch, whose tokens begin at `at`.
static distill_status run_documents(scorer *s, size_t first, size_t count, size_t at)
{
    distill_status status = DISTILL_OK;
    size_t tokens = 0, begin = 0;
    double sum = 0;
    distill_cross_entropy_loss nll = {.nll = NULL};
    if (s->packed != NULL)
        return score_packed(s, first, count, at);
    for (size_t d = first; d < first + count; d++)
        tokens += s->lengths[d];
    distill_packed_batch batch = {s->tokens.at + at, tokens, s->lengths + first, count, NULL};
    if (tokens > 0) {
        TRY(make_room(s, tokens > s->opt->batch_tokens ? tokens : s->opt->batch_tokens));
        nll.nll = s->nll;
        distill_logits_loss loss = distill_decoder_cross_entropy(&nll);
        TRY(distill_decoder_forward(s->decoder, s->params, &batch));
        TRY(distill_decoder_loss(s->decoder, NULL, s->params, &batch, &loss, 1, &sum));
    }
    for (size_t d = first; d < first + count; d++) {
        if (s->lengths[d] > s->layout->config.max_positions && !s->warned) {
            distill_warn("a text of %zu tokens is longer than the %zu positions the model was made "
                         "for",
                         s->lengths[d], s->layout->config.max_positions);
            s->warned = true;
        }
        TRY(write_document(s, batch.tokens + begin, s->nll + begin, s->lengths[d]));
        begin += s->lengths[d];
    }
    s->lines += count;
done:
    return status;
}

/// Runs all but the last document, or everything.
static distill_status flush(scorer *s, bool everything)
{
    distill_status status = DISTILL_OK;
    size_t count = everything ? s->documents : s->documents - 1;
    size_t last = everything ? 0 : s->lengths[s->documents - 1],
           done_tokens = s->tokens.count - last;
    TRY(run_documents(s, 0, count, 0));
    if (last > 0)
        memmove(s->tokens.at, s->tokens.at + done_tokens, last * sizeof *s->tokens.at);
    s->tokens.count = last;
    s->lengths[0] = last;
    s->documents -= count;
done:
    return status;
}

static distill_status score_lines(scorer *s, distill_lines *lines)
{
    distill_status status = DISTILL_OK;
    distill_span line;
    bool more = false;
    distill_progress bar;
    distill_progress_start(&bar, "scoring", "texts", 0, 0);
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (distill_span_trim(line).length == 0)
            continue;
        TRY(append_line(s, line, distill_lines_number(lines)));
        if (s->tokens.count > s->opt->batch_tokens && s->documents > 1)
            TRY(flush(s, false));
        if (s->tokens.count >= s->opt->batch_tokens || s->documents == MOST_DOCUMENTS)
            TRY(flush(s, true));
        distill_progress_update(&bar, s->lines, NULL);
    }
    if (s->documents > 0)
        TRY(flush(s, true));
done:
    distill_progress_finish(&bar);
    if (fflush(stdout) != 0 && status == DISTILL_OK)
        status = distill_fail_errno(DISTILL_IO, "standard output");
    return status;
}

static distill_status open_model(scorer *s)
{
    distill_status status = DISTILL_OK;
    char need[32], have[32];
    TRY(distill_model_path(&s->model_dir, s->opt->model));
    TRY(distill_checkpoint_open(&s->checkpoint, s->model_dir.bytes));
    TRY(distill_layout_create(&s->layout, distill_checkpoint_config(s->checkpoint)));
    if (s->opt->weights != DISTILL_WEIGHTS_FP32)
        return distill_packed_scorer_create(&s->packed, s->checkpoint, s->opt->weights);
    if (s->layout->total * sizeof(float) > distill_memory_available())
        TRY(distill_fail(
            DISTILL_LIMIT, "%s: the weights need %s and %s are free", s->model_dir.bytes,
            distill_format_bytes(need, sizeof need, (double)s->layout->total * sizeof(float)),
            distill_format_bytes(have, sizeof have, (double)distill_memory_available())));
    TRY(DISTILL_NEW(&s->params, s->layout->total));
    TRY(distill_checkpoint_load(s->params, s->layout, s->checkpoint));
done:
    return status;
}

static void print_summary(const scorer *s)
{
    if (s->scored == 0)
        fprintf(stderr, "perplexity: none, no token had one before it\n");
    else
        fprintf(stderr, "perplexity: %.6g (%llu tokens in %llu texts, %.6g nats a token)\n",
                exp(s->nll_sum / (double)s->scored), (unsigned long long)s->scored,
                (unsigned long long)s->lines, s->nll_sum / (double)s->scored);
}

static void scorer_close(scorer *s)
{
    distill_text_free(&s->line);
    distill_free(s->nll);
    distill_ids_free(&s->tokens);
    distill_decoder_free(s->decoder);
    distill_packed_scorer_free(s->packed);
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
    distill_lines *lines = NULL;
    TRY(distill_options_parse(&opt, &TOOL_SCORE, argc, argv));
    TRY(distill_program_start(&opt.common));
    TRY(distill_options_require(opt.model, "model"));
    TRY(distill_options_require(opt.data, "data"));
    TRY(distill_lines_open(&lines, opt.data, LONGEST_LINE));
    TRY(open_model(&s));
    TRY(score_lines(&s, lines));
    print_summary(&s);
done:
    distill_lines_close(lines);
    scorer_close(&s);
    return distill_exit(&TOOL_SCORE, status);
}
