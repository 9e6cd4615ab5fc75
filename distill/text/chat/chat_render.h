// distill/text/chat/chat_render.h - the text of a conversation in each layout of chat_family.h.
//
//     chat_rendering r = {.family = &family, .options = &options, .messages = messages,
//                         .count = count, .bos = "<s>", .out = &text};
//     TRY(chat_render(&r));
//     … r.guarded are the ranges that come from messages: control tokens in them are plain text …
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
    const char *bos;      // of the layouts that begin with it; "" = none
    distill_text *out;    // appended to
    added_range *guarded; // offsets from where `out` ended before
    size_t guarded_count, guarded_capacity;
    size_t start;
} chat_rendering;

/// Errors  FORMAT without messages; UNSUPPORTED for a role that is not known.
distill_status chat_render(chat_rendering *r) DISTILL_MUST_CHECK;

#endif
