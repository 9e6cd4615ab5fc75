// distill/openai/secret.h - masks the API key in what servers send.
//
//     secret_mask(&reason, api_key);                          // "key sk-12… is wrong": every byte a *
//     if (secret_mask_reply(&reply, api_key)) …               // in a reply's text
//
// Private to distill/openai. A key that a server echoes would otherwise reach traces, errors, the
// log and the manifest. It cannot be recognised if the server has encoded it.
#ifndef DISTILL_OPENAI_SECRET_H
#define DISTILL_OPENAI_SECRET_H

#include "distill/base/text.h"

/// Replaces each byte of each occurrence of `secret` (NULL = none) in `length` bytes by '*': in upper
/// or lower case, and also a beginning of it at the end of the bytes, where a limit may have cut it.
void secret_mask_bytes(char *bytes, size_t length, const char *secret);
void secret_mask(distill_text *text, const char *secret);
/// Masks exact occurrences. True if there is one. Keys of less than 8 bytes are left alone: they are
/// words such as "EMPTY" or "none" that local servers are given, and a reply may contain them.
bool secret_mask_reply(distill_text *text, const char *secret);

#endif
