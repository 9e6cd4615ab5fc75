// distill/tools/tool_tokenize.c - `distill tokenize`: converts text to token ids, and back.
//
// Ids are formatted by hand, and one buffer is reused for all lines, because printf would take
// longer than encoding.
#include "distill/base/json/json_writer.h"
#include "distill/base/options/options.h"
#include "distill/text/tokenizer/tokenizer.h"
#include "distill/tools/line_io.h"
#include "distill/tools/tools.h"

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
    {.section = "Text to ids (one text per line of standard input)"},
    {.name = "json",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(json),
     .help = "lines are JSON strings, so that a text may contain line feeds"},
    {.name = "add-special",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(add_special),
     .help = "add the tokens that the tokenizer adds to a text (begin of text)",
     .aliases = "add-special-tokens"},
    {.name = "parse-special",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(parse_special),
     .help = "recognise special tokens in the text, as Hugging Face's tokenizers do; "
             "--no-parse-special reads them as plain text, as the other programs read messages"},
    {.section = "Ids to text (one JSON array per line of standard input)"},
    {.name = "decode",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(decode),
     .help = "read arrays of ids, write JSON strings"},
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
    .summary = "convert text to token ids, and back",
    .usage = "distill tokenize --tokenizer DIR [--json] [--add-special] [--decode] < LINES",
    .epilog = "Example:\n  printf 'What is 2 + 2?\\n' | distill tokenize --tokenizer qwen2.5-1.5b",
    .options = TOKENIZE_ROWS,
    .option_count = sizeof TOKENIZE_ROWS / sizeof *TOKENIZE_ROWS,
    .defaults = &TOKENIZE_DEFAULTS,
    .size = sizeof(tokenize_options),
    .main = run_tokenize,
};

typedef struct tokenize_run {
    const tokenize_options *options;
    distill_tokenizer *tok;
    line_reader lines;
    distill_ids ids;
    distill_text line;
} tokenize_run;

/// Sets run->line to the ids as a JSON array. Formatted by hand, because printf would take longer
/// than encoding.
static distill_status write_ids(tokenize_run *run)
{
    enum { ID_CHARS = 12 }; // a comma and the digits of an int32
    distill_status status = DISTILL_OK;
    TRY(distill_text_reserve(&run->line, run->ids.count * ID_CHARS + 4));
    char *at = run->line.bytes;
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
    run->line.length = (size_t)(at - run->line.bytes);
done:
    return status;
}

static distill_status encode_line(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    distill_span text = run->lines.text;
    unsigned flags = (run->options->parse_special ? DISTILL_PARSE_SPECIAL : DISTILL_PLAIN) |
                     (run->options->add_special ? DISTILL_ADD_SPECIAL : 0u);
    run->ids.count = 0;
    TRY(distill_tokenizer_encode(&run->ids, run->tok, text.bytes, text.length, flags));
    TRY(write_ids(run));
done:
    return status;
}

static distill_status read_ids(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    const distill_json *doc = run->lines.doc;
    const distill_json_node *root = distill_json_root(doc);
    run->ids.count = 0;
    if (distill_json_kind_of(root) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a JSON array of ids, found %s",
                         run->lines.where, distill_json_kind_name(root)));
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

static distill_status decode_line(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text decoded = {0};
    unsigned flags = run->options->skip_special ? DISTILL_SKIP_SPECIAL : 0;
    TRY(read_ids(run));
    status = distill_tokenizer_decode(&decoded, run->tok, run->ids.at, run->ids.count, flags);
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", run->lines.where));
    TRY(distill_json_write_string(&run->line, distill_text_span(&decoded)));
done:
    distill_text_free(&decoded);
    return status;
}

static distill_status convert_lines(tokenize_run *run)
{
    distill_status status = DISTILL_OK;
    bool more;
    for (;;) {
        TRY(line_reader_next(&run->lines, &more));
        if (!more)
            break;
        distill_text_clear(&run->line);
        TRY(run->options->decode ? decode_line(run) : encode_line(run));
        TRY(distill_text_add_char(&run->line, '\n'));
        TRY(line_write(distill_text_span(&run->line)));
    }
done:
    return status;
}

static line_form form_of(const tokenize_options *options)
{
    return options->decode ? LINE_JSON : options->json ? LINE_JSON_STRING : LINE_TEXT;
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
    TRY(line_reader_open(&run.lines, "-", form_of(&options)));
    TRY(convert_lines(&run));
done:
    line_reader_close(&run.lines);
    distill_tokenizer_free(run.tok);
    distill_ids_free(&run.ids);
    distill_text_free(&run.line);
    return distill_exit(&TOOL_TOKENIZE, status);
}
