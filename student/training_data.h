// student/training_data.h - all documents of a training run, as token ids in memory.
//
//     training_data data = {0};
//     TRY(training_data_add(&data, "kept/", &reading));            // shards
//     TRY(training_data_add(&data, "more.jsonl:0.5", &reading));   // half of these in each epoch
//     TRY(training_data_limit(&data, 4096, LENGTH_DROP));
//
// A document is a prompt as the chat template writes it, then the reply with its end of turn:
//     <|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n | <think>…</think>2<|im_end|>
//     `prompt` tokens, not learned                             | learned
// A reply that was cut at the token limit has no end of turn: the model must not learn to stop
// there. With all turns learned, the earlier replies of a conversation are learned too, each as the
// template writes it when the conversation ends there (sample_encoding.h).
//
// Sources  a directory of trace shards (or one .h5 file); FILE.jsonl[.zst] in any layout that
//          `distill import` reads; builtin:TASK[:COUNT], worked solutions of the task's training
//          problems.
#ifndef STUDENT_TRAINING_DATA_H
#define STUDENT_TRAINING_DATA_H

#include "distill/base/sha256.h"
#include "distill/text/chat/chat_template.h"

/// The bit of a token in training_data.tokens that says that it is learned.
enum { TRAINING_LEARNED = 1 << 30 };

typedef struct training_document {
    size_t first;     // of its tokens in training_data.tokens
    uint32_t length;  // tokens
    uint32_t prompt;  // tokens before the first learned one
    uint32_t targets; // learned tokens; the first token of a document is never one
    uint32_t number;  // line, trace or problem in its source, from 1
    uint32_t source;
} training_document;

/// What one --data gave: documents first … first + count - 1.
typedef struct training_source {
    char *name;
    size_t first, count;
    double weight; // passes over it in an epoch
} training_source;

typedef struct training_data {
    distill_ids tokens;
    training_document *documents;
    size_t count, capacity;
    training_source *sources;
    size_t source_count;
    size_t sampled;        // documents with the reply's sampled tokens (sample_encoding.h)
    size_t left_out;       // samples without a reply
    size_t turns;          // earlier turns that are learned
    size_t split;          // of them, those in documents of their own
    char *prompt_template; // of the first source: what the student is asked with
} training_data;

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
    size_t vocabulary; // rows of the model's embedding: no id may be larger
} training_reading;

/// Reads, renders and encodes a source on all threads. `spec`: PATH[:WEIGHT].
/// Errors  FORMAT with FILE:LINE; those of the chat template.
distill_status training_data_add(training_data *data, const char *spec,
                                 const training_reading *reading) DISTILL_MUST_CHECK;

typedef enum excess_length { LENGTH_ERROR, LENGTH_DROP, LENGTH_TRUNCATE } excess_length;
/// Applies the rule to documents of more than `most` tokens, removes documents without a learned
/// token, and prints how many were changed or removed.
/// Errors  LIMIT with the count and the longest (LENGTH_ERROR); FORMAT if nothing is left.
distill_status training_data_limit(training_data *data, size_t most,
                                   excess_length rule) DISTILL_MUST_CHECK;

/// Length of the longest document, tokens of all.
size_t training_data_longest(const training_data *data);
size_t training_data_tokens(const training_data *data);
/// SHA-256 of tokens, lengths and weights.
distill_status training_data_sha256(char hex[DISTILL_SHA256_HEX],
                                    const training_data *data) DISTILL_MUST_CHECK;
void training_data_free(training_data *data);

#endif
