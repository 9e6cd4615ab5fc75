// tests/support/fake_teacher_judge.c - verdicts on replies, and a table of invalid verdicts.
#include "tests/support/fake_teacher_judge.h"

#include <stdio.h>
#include <string.h>

/// The text between "<<<NAME TAG>>>" and "<<<end of NAME TAG>>>".
static distill_span section(distill_span prompt, const char *name, distill_span tag)
{
    char open[128], close[128];
    snprintf(open, sizeof open, "<<<%s %.*s>>>\n", name, (int)tag.length, tag.bytes);
    snprintf(close, sizeof close, "<<<end of %s %.*s>>>", name, (int)tag.length, tag.bytes);
    size_t begin = distill_span_find(prompt, distill_span_of(open), 0);
    if (begin == SIZE_MAX)
        return (distill_span){0};
    begin += strlen(open);
    size_t end = distill_span_find(prompt, distill_span_of(close), begin);
    if (end == SIZE_MAX)
        return (distill_span){0};
    return distill_span_trim((distill_span){prompt.bytes + begin, end - begin});
}

/// The tag of the first mark; no text of the question or reply precedes it.
static distill_span tag_of(distill_span prompt)
{
    size_t at = distill_span_find(prompt, distill_span_of("<<<question "), 0);
    size_t end = at == SIZE_MAX ? at : distill_span_find(prompt, distill_span_of(">>>"), at);
    if (end == SIZE_MAX || end - at - 12 > 64)
        return (distill_span){0};
    return (distill_span){prompt.bytes + at + 12, end - at - 12};
}

// clang-format off
static const struct { const char *name, *words; } VERDICTS[] = {
    {"[judge:none]", "I would rather not say."},
    {"[judge:both]", "VERDICT: CORRECT\nOn second thought:\nVERDICT: INCORRECT"},
    {"[judge:unclear]", "The question has no single answer.\nVERDICT: UNCLEAR"},
    {"[judge:late]", "VERDICT: CORRECT\nI hope that this helps!"},
    {"[judge:hedge]", "Hard to say.\nVERDICT: CORRECT or INCORRECT"},
    {"[judge:word]", "VERDICT: CORRECTED"},
    {"[judge:bold]", "The answers agree.\n\n**VERDICT: CORRECT**\n"},
    {"[judge:think]", "<think>Is it VERDICT: CORRECT?\nVERDICT: CORRECT\n</think>\nNo.\nVERDICT: INCORRECT"},
    {"[judge:inside]", "<think>\nVERDICT: CORRECT"},
    {"[judge:case]", "Verdict: incorrect."},
    {"[judge:space]", " "},
};
// clang-format on

distill_status fake_judge_write(distill_text *out, distill_span prompt)
{
    distill_span tag = tag_of(prompt);
    distill_span question = section(prompt, "question", tag);
    distill_span reference = section(prompt, "reference answer", tag);
    distill_span reply = section(prompt, "reply", tag);
    for (size_t i = 0; i < sizeof VERDICTS / sizeof *VERDICTS; i++)
        if (distill_span_find(question, distill_span_of(VERDICTS[i].name), 0) != SIZE_MAX)
            return distill_text_add(out, VERDICTS[i].words);
    if (tag.length == 0 || reply.length == 0)
        return distill_text_add(out, "I see no reply.\nVERDICT: UNCLEAR");
    bool right = distill_span_equal(reference, reply);
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "The reply has %zu bytes, the reference %zu.", reply.length,
                            reference.length));
    if (distill_span_find(question, distill_span_of("[judge:quote]"), 0) != SIZE_MAX) {
        TRY(distill_text_add(out, " It says: "));
        TRY(distill_text_add_span(out, reply));
    }
    TRY(distill_text_printf(out, "\nVERDICT: %s", right ? "CORRECT" : "INCORRECT"));
done:
    return status;
}
