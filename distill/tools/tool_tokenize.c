// distill/tools/tool_tokenize.c - `distill tokenize`: text to token ids, and back.
#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/options/options.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "distill/tools/tools.h"

#include <stdio.h>

typedef struct tokenize_options {
    distill_common_options common;
    const char *tokenizer;
    bool json, decode, add_special, parse_special, skip_special;
} tokenize_options;

static const tokenize_options TOKENIZE_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
                                                   .parse_special = true};

#define AT(field) offsetof(tokenize_options, field)
static const distill_option TOKENIZE_ROWS[] = {
    {.section = "Tokenizer"},
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR",
     .help = "folder with tokenizer.json (a checkpoint)",
     .aliases = "model,tokenizer-path"},
    {.section = "Text to ids (a text a line on standard input)"},
    {.name = "json",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(json),
     .help = "lines are JSON strings, so that a text may hold line ends"},
    {.name = "add-special",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(add_special),
     .help = "add what the tokenizer puts around a text (begin of text)",
     .aliases = "add-special-tokens"},
    {.name = "parse-special",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(parse_special),
     .help = "special tokens written in the text become those tokens, as in Hugging Face's "
             "tokenizers; --no-parse-special reads them as text, which is how the other programs "
             "read messages"},
    {.section = "Ids to text (a JSON array a line on standard input)"},
    {.name = "decode",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(decode),
     .help = "arrays of ids in, JSON strings out"},
    {.name = "skip-special",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_special),
     .help = "leave special tokens out of the decoded text",
     .aliases = "skip-special-tokens"},
    DISTILL_COMMON_ROWS,
};

static int run_tokenize(int argc, char **argv);

const distill_program TOOL_TOKENIZE = {
    .name = "distill tokenize",
    .summary = "text to token ids, and back",
    .usage = "distill tokenize --tokenizer DIR [--json] [--add-special] [--decode] < LINES",
    .epilog = "Example:\n  printf 'What is 2 + 2?\\n' | distill tokenize --tokenizer qwen2.5-1.5b",
    .options = TOKENIZE_ROWS,
    .option_count = sizeof TOKENIZE_ROWS / sizeof *TOKENIZE_ROWS,
    .defaults = &TOKENIZE_DEFAULTS,
    .size = sizeof(tokenize_options),
    .main = run_tokenize,
};

enum { LINE_BYTES_MAX = 1 << 30 };

/// What a run holds; `where` names the line in messages.
typedef struct tokenize_run {
    const tokenize_options *options;
    distill_tokenizer *tok;
    distill_lines *lines;
    distill_ids ids;
    distill_text text;
    char where[48];
} tokenize_run;

static distill_status print_line(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(&run->text, '\n'));
    if (fwrite(run->text.bytes, 1, run->text.length, stdout) != run->text.length)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
done:
    return status;
}

/// Writes the ids as a JSON array; printf would take longer than the encoding.
static distill_status write_ids(tokenize_run *run)
{
    enum { ID_CHARS = 12 }; // a comma and the digits of an int32
    distill_status status = DISTILL_OK;
    distill_text_clear(&run->text);
    TRY(distill_text_reserve(&run->text, run->ids.count * ID_CHARS + 4));
    char *at = run->text.bytes;
    *at++ = '[';
    for (size_t i = 0; i < run->ids.count; i++) {
        char digits[ID_CHARS], *digit = digits + ID_CHARS;
        uint32_t id = (uint32_t)run->ids.at[i];
        do
            *--digit = (char)('0' + id % 10);
        while ((id /= 10) > 0);
        if (i > 0)
            *at++ = ',';
        while (digit < digits + ID_CHARS)
            *at++ = *digit++;
    }
    *at++ = ']';
    run->text.length = (size_t)(at - run->text.bytes);
done:
    return status;
}

static distill_status encode_line(tokenize_run *run, distill_span line)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_span text = line;
    unsigned flags = (run->options->parse_special ? DISTILL_PARSE_SPECIAL : DISTILL_PLAIN) |
                     (run->options->add_special ? DISTILL_ADD_SPECIAL : 0u);
    if (run->options->json) {
        TRY(distill_json_parse(&doc, line.bytes, line.length, run->where));
        const distill_json_node *root = distill_json_root(doc);
        if (distill_json_kind_of(root) != DISTILL_JSON_STRING)
            TRY(distill_fail(DISTILL_FORMAT, "%s: expected a JSON string, found %s", run->where,
                             distill_json_kind_name(root)));
        text = distill_json_string(doc, root);
    }
    run->ids.count = 0;
    TRY(distill_tokenizer_encode(&run->ids, run->tok, text.bytes, text.length, flags));
    TRY(write_ids(run));
    TRY(print_line(run));
done:
    distill_json_free(doc);
    return status;
}

static distill_status read_ids(tokenize_run *run, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    run->ids.count = 0;
    if (distill_json_kind_of(root) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a JSON array of ids, found %s", run->where,
                         distill_json_kind_name(root)));
    for (const distill_json_node *id = distill_json_first(root); id != NULL;
         id = distill_json_next(id)) {
        double value = distill_json_number(id);
        bool whole = distill_json_kind_of(id) == DISTILL_JSON_NUMBER && value >= 0 &&
                     value <= INT32_MAX && value == (double)(int32_t)value;
        if (!whole)
            TRY(distill_fail(DISTILL_FORMAT, "%s: not a token id",
                             distill_json_where(doc, id, NULL)));
        TRY(distill_ids_append(&run->ids, (int32_t)value));
    }
done:
    return status;
}

static distill_status decode_line(tokenize_run *run, distill_span line)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text decoded = {0};
    unsigned flags = run->options->skip_special ? DISTILL_SKIP_SPECIAL : 0;
    TRY(distill_json_parse(&doc, line.bytes, line.length, run->where));
    TRY(read_ids(run, doc));
    status = distill_tokenizer_decode(&decoded, run->tok, run->ids.at, run->ids.count, flags);
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", run->where));
    distill_text_clear(&run->text);
    TRY(distill_json_write_string(&run->text, distill_text_span(&decoded)));
    TRY(print_line(run));
done:
    distill_text_free(&decoded);
    distill_json_free(doc);
    return status;
}

static distill_status run_lines(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    distill_span line;
    bool more;
    TRY(distill_lines_open(&run->lines, "-", LINE_BYTES_MAX));
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(distill_lines_next(run->lines, &line, &more));
        if (!more)
            break;
        snprintf(run->where, sizeof run->where, "standard input:%zu",
                 distill_lines_number(run->lines));
        TRY(run->options->decode ? decode_line(run, line) : encode_line(run, line));
    }
    if (fflush(stdout) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
done:
    return status;
}

static int run_tokenize(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    tokenize_options options;
    tokenize_run run = {.options = &options};
    TRY(distill_options_parse(&options, &TOOL_TOKENIZE, argc, argv));
    TRY(distill_options_require(options.tokenizer, "tokenizer"));
    TRY(distill_program_start(&options.common));
    TRY(distill_tokenizer_load(&run.tok, options.tokenizer));
    TRY(run_lines(&run));
done:
    distill_lines_close(run.lines);
    distill_tokenizer_free(run.tok);
    distill_ids_free(&run.ids);
    distill_text_free(&run.text);
    return distill_exit(&TOOL_TOKENIZE, status);
}
