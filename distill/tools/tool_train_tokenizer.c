// distill/tools/tool_train_tokenizer.c - `distill train-tokenizer`: trains a byte-level BPE
// tokenizer on lines from standard input (distill/text/tokenizer/train).
#include "distill/base/log.h"
#include "distill/base/options/options.h"
#include "distill/text/tokenizer/train/bpe_train.h"
#include "distill/tools/line_io.h"
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
     .help = "size of the vocabulary: 256 bytes, 5 added tokens, the rest merges"},
    {.name = "json",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(json),
     .help = "lines are JSON strings, so that a text may contain line feeds"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "replace another tokenizer in the folder"},
    DISTILL_COMMON_ROWS,
};

static int run_train_tokenizer(int argc, char **argv);

const distill_program TOOL_TRAIN_TOKENIZER = {
    .name = "distill train-tokenizer",
    .summary = "train a byte-level BPE tokenizer on text",
    .usage = "distill train-tokenizer --vocab-size N --output DIR [--json] < LINES",
    .epilog = "The pre-tokenizer is Qwen2's, in which each digit is a word; the chat template is "
              "ChatML.",
    .options = TRAIN_ROWS,
    .option_count = sizeof TRAIN_ROWS / sizeof *TRAIN_ROWS,
    .defaults = &TRAIN_DEFAULTS,
    .size = sizeof(train_options),
    .main = run_train_tokenizer,
};

static distill_status add_lines(distill_bpe_trainer *trainer, line_form form)
{
    distill_status status = DISTILL_OK;
    line_reader lines = {0};
    bool more;
    TRY(line_reader_open(&lines, "-", form));
    for (;;) {
        TRY(line_reader_next(&lines, &more));
        if (!more)
            break;
        TRY(distill_bpe_trainer_add(trainer, lines.text.bytes, lines.text.length));
    }
done:
    line_reader_close(&lines);
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
    TRY(add_lines(trainer, options.json ? LINE_JSON_STRING : LINE_TEXT));
    TRY(distill_bpe_trainer_write(&size, trainer, options.vocabulary_size, options.output,
                                  options.overwrite));
    if (size < options.vocabulary_size)
        distill_warn("no further pair of tokens occurs twice in the text: the vocabulary has %zu "
                     "tokens, not %zu",
                     size, options.vocabulary_size);
    printf("%zu\n", size);
done:
    distill_bpe_trainer_free(trainer);
    return distill_exit(&TOOL_TRAIN_TOKENIZER, status);
}
