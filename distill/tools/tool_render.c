// distill/tools/tool_render.c - `distill render`: prints conversations as rendered by a chat
// template, one JSON string per line.
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/text/chat/chat_template.h"
#include "distill/tools/line_io.h"
#include "distill/tools/tools.h"

typedef struct render_options {
    distill_common_options common;
    const char *tokenizer, *messages;
    distill_chat_choice chat_template;
} render_options;

static const render_options RENDER_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .messages = "-"};

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
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(chat_template),
     .choices = DISTILL_CHAT_CHOICES,
     .help = "which template; auto recognises the checkpoint's own"},
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
    distill_message *messages; // [capacity], borrowed from the line
    size_t capacity;
    distill_text text, line;
} render_run;

/// Reads the member "messages" into run->messages.
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

static distill_status render_line(render_run *run)
{
    distill_status status = DISTILL_OK;
    distill_render_options options;
    size_t count;
    TRY(read_messages(&count, run, run->lines.doc));
    TRY(read_options(&options, run->lines.doc));
    distill_text_clear(&run->text);
    status = distill_chat_render(&run->text, run->chat, run->messages, count, &options);
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
    TRY(distill_chat_open(&run.chat, run.tok, options.chat_template));
    TRY(line_reader_open(&run.lines, options.messages, LINE_JSON_OR_EMPTY));
    TRY(render_lines(&run));
done:
    line_reader_close(&run.lines);
    distill_chat_close(run.chat);
    distill_tokenizer_free(run.tok);
    distill_free(run.messages);
    distill_text_free(&run.text);
    distill_text_free(&run.line);
    return distill_exit(&TOOL_RENDER, status);
}
