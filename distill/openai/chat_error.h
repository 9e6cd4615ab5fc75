// distill/openai/chat_error.h - reads a server's error messages and derives how to react.
//
//     TRY(chat_error_text(&message, body, api_key));
//     distill_span text = distill_text_span(&message);
//     if (chat_dialect_adapt(&dialect, &change, text, n, logprobs))
//         … send the same request again without the field that was rejected …
//     else if (chat_error_context(&context, &prompt, text))
//         … lower max_tokens to context - prompt …
//
// Private to distill/openai. Error texts are not standardised: those of OpenAI, vLLM, SGLang,
// llama.cpp and DeepSeek are recognised here. Any other text is passed on to the user.
#ifndef DISTILL_OPENAI_CHAT_ERROR_H
#define DISTILL_OPENAI_CHAT_ERROR_H

#include "distill/openai/chat_request.h"

/// Sets `out` to the message in an error body, as one line of at most 400 bytes. Occurrences of
/// `secret` (NULL = none) are masked.
distill_status chat_error_text(distill_text *out, distill_span body,
                               const char *secret) DISTILL_MUST_CHECK;

/// Changes the dialect if the message names a field that can be left out or renamed; `change` then
/// describes the change. False if there is none, or if it has been made before.
bool chat_dialect_adapt(chat_dialect *dialect, const char **change, distill_span message, size_t n,
                        bool logprobs);
/// Reads "maximum context length is N tokens … has M input tokens" (vLLM, SGLang, OpenAI); false
/// without such a phrase. *prompt is 0 if the message contains only N.
bool chat_error_context(size_t *context, size_t *prompt, distill_span message);
/// Reads "supports at most N completion tokens" (OpenAI) or "valid range of max_tokens is [1, N]"
/// (DeepSeek): the server's limit on max_tokens; 0 without such a phrase.
size_t chat_error_max_tokens(distill_span message);
/// Advice about the field that the message names; "" if it names none.
const char *chat_error_hint(distill_span message);

#endif
