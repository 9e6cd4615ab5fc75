// distill/openai/chat_error.h - what the error message of a server says, and what to do about it.
//
//     TRY(chat_error_text(&message, body, api_key));
//     distill_span text = distill_text_span(&message);
//     if (chat_dialect_adapt(&dialect, &change, text, n, logprobs))
//         … the same request can be sent again without the field that was rejected …
//     else if (chat_error_context(&context, &prompt, text))
//         … max_tokens can be lowered to context - prompt …
//
// Private to distill/openai. There is no standard for the texts of errors: those of OpenAI, vLLM,
// SGLang, llama.cpp and DeepSeek are known here. A text in other words is passed on to the user.
#ifndef DISTILL_OPENAI_CHAT_ERROR_H
#define DISTILL_OPENAI_CHAT_ERROR_H

#include "distill/openai/chat_request.h"

/// Sets `out` to the message in an error body, as one line of at most 400 bytes. Occurrences of
/// `secret` (NULL = none) are redacted.
distill_status chat_error_text(distill_text *out, distill_span body,
                               const char *secret) DISTILL_MUST_CHECK;
/// Replaces each byte of each occurrence of `secret` (NULL = none) by '*'.
void chat_error_redact(distill_text *text, const char *secret);

/// Changes the dialect if the message names a field that can be left out or renamed: true, and
/// `change` says what is done from now on. False if there is none, or it was left out already.
bool chat_dialect_adapt(chat_dialect *dialect, const char **change, distill_span message, size_t n,
                        bool logprobs);
/// Reads "maximum context length is N tokens … has M input tokens" (vLLM, SGLang, OpenAI); false if
/// the message does not say so. *prompt = 0 if it gives only N.
bool chat_error_context(size_t *context, size_t *prompt, distill_span message);
/// Reads "supports at most N completion tokens" (OpenAI) or "valid range of max_tokens is [1, N]"
/// (DeepSeek): the server's limit on max_tokens; 0 if the message does not say so.
size_t chat_error_max_tokens(distill_span message);
/// What the user can do about the field that the message names; "" if it names none.
const char *chat_error_hint(distill_span message);

#endif
