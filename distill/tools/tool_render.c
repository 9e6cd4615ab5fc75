// distill/tools/tool_render.c - `distill render`: prints conversations as rendered by a chat
// template, one JSON string per line.
#include "distill/base/json/json_writer.h"
#include "distill/base/options/options.h"
#include "distill/text/chat/chat_template.h"
#include "distill/tools/line_io.h"
#include "distill/tools/tools.h"

typedef struct render_options {
    distill_common_options common;
    const char *tokenizer, *messages;
    distill_chat_options chat;
} render_options;

static const render_options RENDER_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS, .messages = "-", .chat = DISTILL_CHAT_DEFAULTS};

#define AT(field) offsetof(render_options, field)
static const distill_option RENDER_ROWS[] = {
    {.section = "Conversations"},
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR",
     .help = "folder with the chat template (a checkpoint)",
     .aliases = "model,tokenizer-path"},
    {.name = "messages",
     .type = DISTILL_OPT_STRING,
     .offset = AT(messages),
     .unit = "FILE",
     .help = "JSON lines with messages and, as they are needed, add_generation_prompt, tools, "
             "documents, chat_template_kwargs, enable_thinking, date_string and now; - is standard "
             "input"},
    DISTILL_CHAT_ROWS(AT(chat)),
    DISTILL_COMMON_ROWS,
};

static int run_render(int argc, char **argv);

const distill_program TOOL_RENDER = {
    .name = "distill render",
    .summary = "render conversations with a chat template",
    .usage = "distill render --tokenizer DIR --messages FILE.jsonl [--chat-template NAME]",
    .epilog = "Example of a line:\n  {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], "
              "\"add_generation_prompt\": true}",
    .options = RENDER_ROWS,
    .option_count = sizeof RENDER_ROWS / sizeof *RENDER_ROWS,
    .defaults = &RENDER_DEFAULTS,
    .size = sizeof(render_options),
    .main = run_render,
};

typedef struct render_run {
    distill_tokenizer *tok;
    distill_chat *chat;
    line_reader lines;
    distill_text text, line;
} render_run;

static distill_status render_line(render_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&run->text);
    status = distill_chat_render_json(&run->text, run->chat, run->lines.doc,
                                      distill_json_root(run->lines.doc));
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", run->lines.where));
    distill_text_clear(&run->line);
    TRY(distill_json_write_string(&run->line, distill_text_span(&run->text)));
    TRY(distill_text_add_char(&run->line, '\n'));
    TRY(line_write(distill_text_span(&run->line)));
done:
    return status;
}

static distill_status render_lines(render_run *run)
{
    distill_status status = DISTILL_OK;
    bool more;
    for (;;) {
        TRY(line_reader_next(&run->lines, &more));
        if (!more)
            break;
        TRY(render_line(run));
    }
done:
    return status;
}

static int run_render(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    render_options options;
    render_run run = {0};
    TRY(distill_options_parse(&options, &TOOL_RENDER, argc, argv));
    TRY(distill_options_require(options.tokenizer, "tokenizer"));
    TRY(distill_program_start(&options.common));
    TRY(distill_tokenizer_load_for_render(&run.tok, options.tokenizer));
    TRY(distill_chat_open(&run.chat, run.tok, &options.chat));
    TRY(line_reader_open(&run.lines, options.messages, LINE_JSON_OR_EMPTY));
    TRY(render_lines(&run));
done:
    line_reader_close(&run.lines);
    distill_chat_close(run.chat);
    distill_tokenizer_free(run.tok);
    distill_text_free(&run.text);
    distill_text_free(&run.line);
    return distill_exit(&TOOL_RENDER, status);
}
