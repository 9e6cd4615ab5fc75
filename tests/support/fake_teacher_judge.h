// tests/support/fake_teacher_judge.h - replies of the fake teacher as a judge of replies.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_JUDGE_H
#define TESTS_SUPPORT_FAKE_TEACHER_JUDGE_H

#include "distill/base/text.h"

/// Writes a verdict on the reply in `prompt`: correct if the reference and the reply, which are
/// between marks, are equal. "[judge:WORD]" in the question selects an invalid or unusual verdict
/// from a table.
distill_status fake_judge_write(distill_text *out, distill_span prompt) DISTILL_MUST_CHECK;

#endif
