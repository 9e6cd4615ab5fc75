// distill/text/chat/conversation.h - the messages of a conversation, and how to render them.
#ifndef DISTILL_TEXT_CHAT_CONVERSATION_H
#define DISTILL_TEXT_CHAT_CONVERSATION_H

#include "distill/base/text.h"

/// Chooses the checkpoint's own template, or the standard one of a family.
typedef enum distill_chat_choice {
    DISTILL_CHAT_AUTO, // recognised from the checkpoint's template
    DISTILL_CHAT_CHATML,
    DISTILL_CHAT_QWEN3,
    DISTILL_CHAT_QWQ,
    DISTILL_CHAT_LLAMA3,
    DISTILL_CHAT_DEEPSEEK_R1,
    DISTILL_CHAT_R1_ZERO,
    DISTILL_CHAT_NONE // the contents only
} distill_chat_choice;

/// Words for these choices, in tables of options.
#define DISTILL_CHAT_CHOICES "auto|chatml|qwen3|qwq|llama3|deepseek-r1|r1-zero|none"

typedef struct distill_message {
    distill_span role; // "system", "user", "assistant"
    distill_span content;
} distill_message;

typedef enum distill_thinking {
    DISTILL_THINKING_UNSET,
    DISTILL_THINKING_OFF,
    DISTILL_THINKING_ON
} distill_thinking;

typedef struct distill_render_options {
    bool add_generation_prompt;
    distill_thinking thinking; // for templates with a switch for it (Qwen3)
    const char *date_string;   // Llama 3.x; NULL = the template's own default
} distill_render_options;

#endif
