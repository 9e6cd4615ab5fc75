// distill/text/chat/chat_standard.h - the chat templates that can be chosen by name.
//
// Private to distill/text. They are programs like those of checkpoints: templates/NAME.jinja.
#ifndef DISTILL_TEXT_CHAT_CHAT_STANDARD_H
#define DISTILL_TEXT_CHAT_CHAT_STANDARD_H

#include "distill/base/text.h"

typedef struct chat_standard {
    const char *name; // the value of --chat-template
    const char *source;
    const char *bos;         // text of bos_token for tokenizers that have none; "" = none
    const char *end_of_turn; // text of the token that ends a turn; NULL = the tokenizer's eos_token
    bool adds_prefix;        // the tokenizer's own prefix (bos) precedes the text
} chat_standard;

/// NULL if there is none of this name.
const chat_standard *chat_standard_find(const char *name);

/// "chatml, qwen3, ..." for messages.
extern const char *const CHAT_STANDARD_NAMES;

extern const char CHAT_TEMPLATE_CHATML[], CHAT_TEMPLATE_QWEN3[], CHAT_TEMPLATE_QWQ[],
    CHAT_TEMPLATE_LLAMA3[], CHAT_TEMPLATE_DEEPSEEK_R1[], CHAT_TEMPLATE_R1_ZERO[],
    CHAT_TEMPLATE_NONE[];

#endif
