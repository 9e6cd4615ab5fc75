// tests/support/fake_teacher_judge.h - the fake teacher as a judge of replies.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_JUDGE_H
#define TESTS_SUPPORT_FAKE_TEACHER_JUDGE_H

#include "distill/base/text.h"

/// Writes what a judge says to `prompt`: right if reference and reply, which the prompt shows between
/// marks, are the same text. "[judge:WORDS]" in the question makes it misbehave (see the table).
distill_status fake_judge_write(distill_text *out, distill_span prompt) DISTILL_MUST_CHECK;

#endif
