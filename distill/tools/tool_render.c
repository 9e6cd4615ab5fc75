// distill/tools/tool_render.c - `distill render`: conversations as the chat template writes them.
#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/options/options.h"
#include "distill/text/chat/chat_template.h"
#include "distill/tools/tools.h"

#include <stdio.h>

typedef struct render_options {
    distill_common_options common;
    const char *tokenizer, *messages, *chat_template;
} render_options;

static const render_options RENDER_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS, .messages = "-", .chat_template = "auto"};

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
     .help = "JSON lines with messages, add_generation_prompt, enable_thinking and date_string; - "
             "is standard input"},
    {.name = "chat-template",
     .type = DISTILL_OPT_STRING,
     .offset = AT(chat_template),
     .unit = "NAME",
     .help = "auto (the checkpoint's own), chatml, qwen3, qwq, llama3, deepseek-r1, r1-zero or "
             "none"},
    DISTILL_COMMON_ROWS,
};

static int run_render(int argc, char **argv);

const distill_program TOOL_RENDER = {
    .name = "distill render",
    .summary = "conversations as the chat template writes them",
    .usage = "distill render --tokenizer DIR --messages FILE.jsonl [--chat-template NAME]",
    .epilog = "Example of a line:\n  {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], "
              "\"add_generation_prompt\": true}",
    .options = RENDER_ROWS,
    .option_count = sizeof RENDER_ROWS / sizeof *RENDER_ROWS,
    .defaults = &RENDER_DEFAULTS,
    .size = sizeof(render_options),
    .main = run_render,
};

enum { LINE_BYTES_MAX = 1 << 30 };

typedef struct render_run {
    distill_tokenizer *tok;
    distill_chat *chat;
    distill_lines *lines;
    distill_message *messages;
    size_t capacity;
    distill_text text, line;
    const char *path;
} render_run;

/// Reads {"messages": [{"role": ..., "content": ...}, ...]}; the texts are borrowed from `doc`.
static distill_status read_messages(size_t *count, render_run *run, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *list = distill_json_member(root, "messages");
    *count = 0;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of messages, found %s",
                         distill_json_where(doc, root, "messages"), distill_json_kind_name(list)));
    if (distill_json_count(list) > run->capacity) {
        size_t capacity = distill_json_count(list);
        TRY(distill_grow((void **)&run->messages, 0, capacity, sizeof *run->messages));
        run->capacity = capacity;
    }
    for (const distill_json_node *item = distill_json_first(list); item != NULL;
         item = distill_json_next(item)) {
        distill_message *message = &run->messages[(*count)++];
        if (distill_json_present(item, "tool_calls") != NULL)
            TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: tools are not supported",
                             distill_json_where(doc, item, "tool_calls")));
        TRY(distill_json_get_string(&message->role, doc, item, "role"));
        TRY(distill_json_get_string(&message->content, doc, item, "content"));
    }
done:
    return status;
}

static distill_status read_options(distill_render_options *options, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    *options = (distill_render_options){0};
    if (distill_json_present(root, "tools") != NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "%s: tools are not supported",
                         distill_json_where(doc, root, "tools")));
    TRY(distill_json_get_bool_or(&options->add_generation_prompt, doc, root,
                                 "add_generation_prompt", false));
    if (distill_json_present(root, "enable_thinking") != NULL) {
        bool on;
        TRY(distill_json_get_bool_or(&on, doc, root, "enable_thinking", true));
        options->thinking = on ? DISTILL_THINKING_ON : DISTILL_THINKING_OFF;
    }
    if (distill_json_present(root, "date_string") != NULL) {
        distill_span date;
        TRY(distill_json_get_string(&date, doc, root, "date_string"));
        options->date_string = date.bytes;
    }
done:
    return status;
}

static distill_status render_line(render_run *run, distill_span line)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_render_options options;
    size_t count;
    char where[512];
    snprintf(where, sizeof where, "%.480s:%zu", run->path, distill_lines_number(run->lines));
    TRY(distill_json_parse(&doc, line.bytes, line.length, where));
    TRY(read_messages(&count, run, doc));
    TRY(read_options(&options, doc));
    distill_text_clear(&run->text);
    status = distill_chat_render(&run->text, run->chat, run->messages, count, &options);
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", where));
    distill_text_clear(&run->line);
    TRY(distill_json_write_string(&run->line, distill_text_span(&run->text)));
    TRY(distill_text_add_char(&run->line, '\n'));
    if (fwrite(run->line.bytes, 1, run->line.length, stdout) != run->line.length)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
done:
    distill_json_free(doc);
    return status;
}

static distill_status render_lines(render_run *run)
{
    distill_status status = DISTILL_OK;
    distill_span line;
    bool more;
    TRY(distill_lines_open(&run->lines, run->path, LINE_BYTES_MAX));
    for (;;) {
        TRY(distill_interrupt_check());
        TRY(distill_lines_next(run->lines, &line, &more));
        if (!more)
            break;
        if (distill_span_trim(line).length > 0)
            TRY(render_line(run, line));
    }
    if (fflush(stdout) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
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
    run.path = options.messages;
    TRY(distill_tokenizer_load_for_render(&run.tok, options.tokenizer));
    TRY(distill_chat_open(&run.chat, run.tok, options.chat_template));
    TRY(render_lines(&run));
done:
    distill_lines_close(run.lines);
    distill_chat_close(run.chat);
    distill_tokenizer_free(run.tok);
    distill_free(run.messages);
    distill_text_free(&run.text);
    distill_text_free(&run.line);
    return distill_exit(&TOOL_RENDER, status);
}
