// distill/tools/tool_train_tokenizer.c - `distill train-tokenizer`: learns a byte-level BPE
// tokenizer.
#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"
#include "distill/base/log.h"
#include "distill/base/options/options.h"
#include "distill/text/tokenizer/bpe_train.h"
#include "distill/tools/tools.h"

#include <stdio.h>

typedef struct train_options {
    distill_common_options common;
    const char *output;
    size_t vocabulary_size;
    bool json, overwrite;
} train_options;

static const train_options TRAIN_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
                                             .vocabulary_size = 1024};

#define AT(field) offsetof(train_options, field)
static const distill_option TRAIN_ROWS[] = {
    {.section = "Tokenizer"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .help = "folder for tokenizer.json and tokenizer_config.json"},
    {.name = "vocab-size",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(vocabulary_size),
     .low = DISTILL_BPE_TRAIN_MIN,
     .high = DISTILL_BPE_TRAIN_MAX,
     .unit = "N",
     .help = "tokens in all: 256 bytes, 5 added tokens, the rest learned"},
    {.name = "json",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(json),
     .help = "lines are JSON strings, so that a text may hold line ends"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "replace another tokenizer that stands in the folder"},
    DISTILL_COMMON_ROWS,
};

static int run_train_tokenizer(int argc, char **argv);

const distill_program TOOL_TRAIN_TOKENIZER = {
    .name = "distill train-tokenizer",
    .summary = "learn a byte-level BPE tokenizer from text",
    .usage = "distill train-tokenizer --vocab-size N --output DIR [--json] < LINES",
    .epilog =
        "Words are cut as Qwen2 cuts them, every digit by itself; the chat template is ChatML.",
    .options = TRAIN_ROWS,
    .option_count = sizeof TRAIN_ROWS / sizeof *TRAIN_ROWS,
    .defaults = &TRAIN_DEFAULTS,
    .size = sizeof(train_options),
    .main = run_train_tokenizer,
};

enum { LINE_BYTES_MAX = 1 << 30 };

static distill_status add_line(distill_bpe_trainer *trainer, distill_span line, bool is_json,
                               size_t number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    char where[48];
    if (is_json) {
        snprintf(where, sizeof where, "standard input:%zu", number);
        TRY(distill_json_parse(&doc, line.bytes, line.length, where));
        const distill_json_node *root = distill_json_root(doc);
        if (distill_json_kind_of(root) != DISTILL_JSON_STRING)
            TRY(distill_fail(DISTILL_FORMAT, "%s: expected a JSON string, found %s", where,
                             distill_json_kind_name(root)));
        line = distill_json_string(doc, root);
    }
    TRY(distill_bpe_trainer_add(trainer, line.bytes, line.length));
done:
    distill_json_free(doc);
    return status;
}

static distill_status add_lines(distill_bpe_trainer *trainer, bool is_json)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span line;
    bool more;
    TRY(distill_lines_open(&lines, "-", LINE_BYTES_MAX));
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        TRY(add_line(trainer, line, is_json, distill_lines_number(lines)));
    }
done:
    distill_lines_close(lines);
    return status;
}

static int run_train_tokenizer(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    train_options options;
    distill_bpe_trainer *trainer = NULL;
    size_t size = 0;
    TRY(distill_options_parse(&options, &TOOL_TRAIN_TOKENIZER, argc, argv));
    TRY(distill_options_require(options.output, "output"));
    TRY(distill_program_start(&options.common));
    TRY(distill_bpe_trainer_create(&trainer));
    TRY(add_lines(trainer, options.json));
    TRY(distill_bpe_trainer_write(&size, trainer, options.vocabulary_size, options.output,
                                  options.overwrite));
    if (size < options.vocabulary_size)
        distill_warn("the text has no more pairs that occur twice: %zu tokens, not %zu", size,
                     options.vocabulary_size);
    printf("%zu\n", size);
done:
    distill_bpe_trainer_free(trainer);
    return distill_exit(&TOOL_TRAIN_TOKENIZER, status);
}
