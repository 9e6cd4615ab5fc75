// student/training_reading.h - how data become documents: what is rendered, with what, and what is
// learned of it.
#ifndef STUDENT_TRAINING_READING_H
#define STUDENT_TRAINING_READING_H

#include "distill/base/skipped_lines.h"
#include "distill/text/chat/chat_template.h"

/// The bit of a token id that says that it is learned.
enum { TRAINING_LEARNED = 1 << 30 };

typedef enum learned_part { LEARN_RESPONSE, LEARN_ALL } learned_part;

/// Which turns of the assistant are learned.
typedef enum learned_turns {
    LEARN_TURNS_AUTO, // of JSON lines and imported traces all, of sampled traces the last
    LEARN_TURNS_ALL,
    LEARN_TURNS_LAST
} learned_turns;

typedef struct training_reading {
    const distill_tokenizer *tokenizer;
    const distill_chat *chat;
    const char *system; // system message before each prompt; NULL = that of the shards, or none
    const char *prompt_template; // text with {prompt}; NULL = that of the shards, or {prompt}
    learned_part learned;
    learned_turns turns;
    size_t vocabulary;      // rows of the model's embedding: no id may be larger
    skipped_lines *skipped; // takes bad lines; NULL = they are errors
} training_reading;

#endif
