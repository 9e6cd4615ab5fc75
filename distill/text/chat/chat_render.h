// distill/text/chat/chat_render.h - a conversation as the variables of a template program.
//
//     chat_rendering r = {.variables = &chat->variables};
//     TRY(chat_render_messages(&r, messages, count, &options));
//     … r.jinja.text, r.jinja.input …
//     chat_rendering_end(&r);
//
// Private to distill/text.
#ifndef DISTILL_TEXT_CHAT_CHAT_RENDER_H
#define DISTILL_TEXT_CHAT_CHAT_RENDER_H

#include "distill/base/json/json_reader.h"
#include "distill/text/chat/conversation.h"
#include "distill/text/jinja/jinja.h"

/// What all renderings of a chat have in common.
typedef struct chat_variables {
    const jinja_template *program;
    const char *bos, *eos, *pad, *unk; // texts of tokens; NULL = not defined
    const distill_json *kwargs;        // NULL = none
    bool assumes_thinking;             // enable_thinking is true unless it is given
    const char *now;                   // "YYYY-MM-DD" or NULL
} chat_variables;

/// Documents that are parsed for a rendering.
enum { CHAT_TOOLS, CHAT_DOCUMENTS, CHAT_KWARGS, CHAT_FIELDS, CHAT_DOCS };

typedef struct chat_rendering {
    const chat_variables *variables;
    jinja_rendering jinja;
    // private
    distill_json *docs[CHAT_DOCS]; // parsed options, and the fields of messages
    char now[16];
} chat_rendering;

/// Errors  FORMAT without messages; those of the template and of the options' JSON.
distill_status chat_render_messages(chat_rendering *r, const distill_message *messages,
                                    size_t count,
                                    const distill_render_options *options) DISTILL_MUST_CHECK;
/// Renders {"messages": [...], ...}, see distill_chat_render_json.
distill_status chat_render_json(chat_rendering *r, const distill_json *doc,
                                const distill_json_node *conversation) DISTILL_MUST_CHECK;
void chat_rendering_end(chat_rendering *r);

/// True for a date "YYYY-MM-DD".
bool chat_date_is_valid(distill_span date);

#endif
