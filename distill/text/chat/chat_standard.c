// distill/text/chat/chat_standard.c - the table of the chat templates that can be chosen by name.
//
// Those of Qwen3 and QwQ are the published ones; the others are written for this project and render
// what the published ones render for conversations without tools.
#include "distill/text/chat/chat_standard.h"

#include <string.h>

const char *const CHAT_STANDARD_NAMES = "chatml, qwen3, qwq, llama3, deepseek-r1, r1-zero or none";

static const chat_standard STANDARD[] = {
    {"chatml", CHAT_TEMPLATE_CHATML, "", "<|im_end|>", false},
    {"qwen3", CHAT_TEMPLATE_QWEN3, "", "<|im_end|>", false},
    {"qwq", CHAT_TEMPLATE_QWQ, "", "<|im_end|>", false},
    {"llama3", CHAT_TEMPLATE_LLAMA3, "<|begin_of_text|>", "<|eot_id|>", false},
    {"deepseek-r1", CHAT_TEMPLATE_DEEPSEEK_R1, "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>",
     false},
    {"r1-zero", CHAT_TEMPLATE_R1_ZERO, "", NULL, true},
    {"none", CHAT_TEMPLATE_NONE, "", NULL, true},
};

const chat_standard *chat_standard_find(const char *name)
{
    for (size_t i = 0; i < sizeof STANDARD / sizeof *STANDARD; i++)
        if (strcmp(STANDARD[i].name, name) == 0)
            return &STANDARD[i];
    return NULL;
}
