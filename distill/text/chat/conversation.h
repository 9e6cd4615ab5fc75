// distill/text/chat/conversation.h - the messages of a conversation, and how to render them.
#ifndef DISTILL_TEXT_CHAT_CONVERSATION_H
#define DISTILL_TEXT_CHAT_CONVERSATION_H

#include "distill/base/text.h"

typedef struct distill_message {
    distill_span role; // "system", "user", "assistant", "tool", …
    distill_span content;
    distill_span
        fields; // the other members as JSON members, "name":"x","tool_calls":[…]; "" = none
} distill_message;

/// What a template gets beside the messages. Texts are JSON; an empty one is none.
typedef struct distill_render_options {
    bool add_generation_prompt;
    distill_span tools;     // a list of functions
    distill_span documents; // a list
    distill_span kwargs;    // an object: further variables, such as {"enable_thinking": false}
} distill_render_options;

#endif
