// distill/text/chat/chat_render.h - renders a conversation in the layouts of chat_family.h.
//
//     chat_rendering r = {.family = &family, .options = &options, .messages = messages,
//                         .count = count, .bos = "<s>", .out = &text};
//     TRY(chat_render(&r));
//     … r.guarded are the ranges of message text, in which control tokens are plain text …
//     distill_free(r.guarded);
//
// Private to distill/text.
#ifndef DISTILL_TEXT_CHAT_CHAT_RENDER_H
#define DISTILL_TEXT_CHAT_CHAT_RENDER_H

#include "distill/text/chat/chat_family.h"
#include "distill/text/chat/conversation.h"
#include "distill/text/tokenizer/added_tokens.h"

typedef struct chat_rendering {
    const chat_family *family;
    const distill_render_options *options;
    const distill_message *messages;
    size_t count;
    const char *bos;      // for the layouts that begin with it; "" = none
    distill_text *out;    // the text is appended
    added_range *guarded; // offsets relative to the end of `out` before the call
    size_t guarded_count, guarded_capacity;
    size_t start;
} chat_rendering;

/// Errors  FORMAT without messages; UNSUPPORTED for an unknown role.
distill_status chat_render(chat_rendering *r) DISTILL_MUST_CHECK;

#endif
