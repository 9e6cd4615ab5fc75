// student/training_data.h - all documents of a training run, as token ids.
//
//     training_data data = {.tokens.path = "student/tokens.bin"};
//     TRY(training_data_read(&data, &specs, &reading));     // kept/ more.jsonl:0.5 (half an epoch)
//     TRY(training_data_limit(&data, 4096, LENGTH_DROP));
//
// Many ids stand in a file beside the output, which is used again at a later start if data and
// settings are the same (token_store.h); in memory is only what describes the documents.
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

#include "distill/base/options/options.h"
#include "student/token_store.h"
#include "student/training_reading.h"

typedef struct training_document {
    size_t first;     // of its tokens in training_data.tokens
    uint32_t length;  // tokens
    uint32_t prompt;  // tokens before the first learned one
    uint32_t targets; // learned tokens; the first token of a document is never one
    uint32_t number;  // line, trace or problem in its source, from 1
    uint32_t source;
    uint32_t unused; // 0; documents are hashed and stored as bytes, and must have no padding
} training_document;

_Static_assert(sizeof(training_document) == sizeof(size_t) + 6 * sizeof(uint32_t), "no padding");

/// What one --data gave: documents first … first + count - 1.
typedef struct training_source {
    char *name;
    size_t first, count;
    double weight; // passes over it in an epoch
} training_source;

typedef struct training_data {
    token_store tokens; // with TRAINING_LEARNED
    training_document *documents;
    size_t count, capacity;
    training_source *sources;
    size_t source_count;
    size_t sampled;        // documents with the reply's sampled tokens (sample_encoding.h)
    size_t left_out;       // samples without a reply
    size_t turns;          // earlier turns that are learned
    size_t split;          // of them, those in documents of their own
    size_t vocabulary;     // every id is below it; 0 = not known
    char *prompt_template; // of the first source: what the student is asked with
} training_data;

/// Reads all sources and finishes the tokens, or takes the result of an earlier start from the file.
/// `specs`: PATH[:WEIGHT].
/// Errors  FORMAT with FILE:LINE; those of the chat template; IO if the disk is full.
distill_status training_data_read(training_data *data, const distill_string_list *specs,
                                  const training_reading *reading) DISTILL_MUST_CHECK;
/// Reads, renders and encodes one more source on all threads.
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
/// SHA-256 of tokens, lengths and weights; finishes the tokens.
distill_status training_data_sha256(char hex[DISTILL_SHA256_HEX],
                                    training_data *data) DISTILL_MUST_CHECK;
/// Frees everything but the file of the tokens.
void training_data_free(training_data *data);

#endif
