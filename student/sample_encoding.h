// student/sample_encoding.h - a sample as the token ids of training documents.
//
//     sample_encoder encoder = {.tokenizer = tok, .chat = chat, .style = &style, .vocabulary = V};
//     TRY(sample_encode(&document, &sample, &encoder));     // document.ids, document.ends
//
// The prompt is written as distill-gen writes it. A text can be divided into tokens in several
// ways: of the reply, the tokens that the teacher sampled are learned where the sample has them,
// followed by the end of turn, which is not stored. A reply that differs from the text of its
// tokens (cut at a stop string, edited) is encoded from its text.
//
// With `all_turns`, earlier turns of the assistant are learned too: each as it is written when the
// conversation ends with it. Where that is the beginning of the rendering that ends with the next
// turn, both are one document; where it is not, because the template leaves out earlier thoughts,
// each is a document of its own.
#ifndef STUDENT_SAMPLE_ENCODING_H
#define STUDENT_SAMPLE_ENCODING_H

#include "datasets/prompts/prompt_render.h"
#include "student/data_source.h"

typedef struct sample_encoder {
    const distill_tokenizer *tokenizer;
    const distill_chat *chat;
    const prompt_style *style; // how a prompt is written
    bool all_turns;            // earlier turns of the assistant are learned
    bool learns_prompt;        // all tokens are learned
    size_t vocabulary;         // rows of the model's embedding: no id may be larger
} sample_encoder;

typedef struct encoded_sample {
    distill_ids ids;  // of all documents; TRAINING_LEARNED (training_reading.h) marks learned ones
    size_t *ends;     // [documents]: the end of each in `ids`
    size_t documents; // 1, or more with all_turns
    size_t turns;     // earlier turns that are learned
    bool sampled;     // the reply's ids are those that were sampled
    // private
    size_t end_capacity;
    distill_ids turn;
    distill_text text;
} encoded_sample;

void encoded_sample_free(encoded_sample *out);

/// Overwrites *out. May run in many threads.
/// Errors  FORMAT for an id outside the vocabulary; those of the chat template.
distill_status sample_encode(encoded_sample *out, const data_sample *sample,
                             const sample_encoder *encoder) DISTILL_MUST_CHECK;

#endif
