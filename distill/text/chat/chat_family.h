// distill/text/chat/chat_family.h - the known families of chat templates, and their recognition.
//
//     chat_family family;
//     TRY(chat_family_recognize(&family, template));    // from a checkpoint's Jinja source
//     TRY(chat_family_standard(&family, DISTILL_CHAT_LLAMA3));     // or by name
//
// Private to distill/text. The published templates of a family differ in the fields of
// `chat_family`: default system prompts, removal of the thoughts in earlier turns, ...
#ifndef DISTILL_TEXT_CHAT_CHAT_FAMILY_H
#define DISTILL_TEXT_CHAT_CHAT_FAMILY_H

#include "distill/text/chat/conversation.h"

typedef enum chat_layout {
    CHAT_CHATML,   // <|im_start|>role\ncontent<|im_end|>\n
    CHAT_LLAMA3,   // <|start_header_id|>role<|end_header_id|>\n\ncontent<|eot_id|>
    CHAT_DEEPSEEK, // system<｜User｜>content<｜Assistant｜>content<｜end▁of▁sentence｜>
    CHAT_R1_ZERO,  // plain text, DeepSeek-R1 paper, table 1
    CHAT_NONE      // the contents alone
} chat_layout;

/// From which assistant messages the thoughts are removed.
typedef enum chat_history {
    CHAT_KEEPS,               // none
    CHAT_STRIPS,              // all (DeepSeek-R1)
    CHAT_STRIPS_ALL_BUT_LAST, // all except the last one (QwQ)
    CHAT_STRIPS_OLD_QUERIES   // those before the last user message (Qwen3)
} chat_history;

enum { CHAT_SYSTEM_MAX = 1024 };

typedef struct chat_family {
    const char *name; // the value of --chat-template
    chat_layout layout;
    chat_history history;
    const char *opening;                  // the generation prompt ends with it: "" or "<think>\n"
    const char *opening_off;              // the same with thinking switched off
    bool date_header;                     // Llama 3.1 and later: dates precede the system prompt
    bool joins_systems;                   // DeepSeek-V3: all system prompts, not only the last one
    char default_system[CHAT_SYSTEM_MAX]; // "" = none
    const char *bos, *end_of_turn;        // texts of tokens; NULL = those of the tokenizer
} chat_family;

/// Sets `out` to the standard variant of a family.
/// Errors  UNSUPPORTED for DISTILL_CHAT_AUTO, which is not a family.
distill_status chat_family_standard(chat_family *out,
                                    distill_chat_choice choice) DISTILL_MUST_CHECK;

/// Errors  UNSUPPORTED if `source` is not one of the known templates, with the first difference;
///         FORMAT if it is not a template.
distill_status chat_family_recognize(chat_family *out, const char *source) DISTILL_MUST_CHECK;

/// End of the generation prompt.
const char *chat_family_opening(const chat_family *family, distill_thinking thinking);

/// "chatml, qwen3, ..." for messages.
extern const char *const CHAT_FAMILY_NAMES;

#endif
