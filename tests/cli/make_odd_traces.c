// tests/cli/make_odd_traces.c - traces with every kind of character, as JSON lines on standard
// output in the form of `distill export`.
//
//     make_odd_traces COUNT [SEED]
#include "datasets/traces/json_trace_write.h"
#include "distill/base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 8 };

/// A character of one of many kinds: plain, LaTeX, controls and NUL, line ends of every sort,
/// quotes, two to four bytes of UTF-8, private use, the last code points.
static distill_status add_odd(distill_text *out, distill_rng *rng)
{
    static const char *const odd[] = {"\\frac{1}{2}",
                                      "\"",
                                      "\\",
                                      "\\u0041",
                                      "\r\n",
                                      "\n",
                                      "\r",
                                      "\t",
                                      "\x01",
                                      "\x1b[31m",
                                      "\x7f",
                                      "\xc2\x85",
                                      "\xe2\x80\xa8",
                                      "\xe2\x80\xa9",
                                      "\xef\xbb\xbf",
                                      "\xc3\xa9",
                                      "\xe6\xb1\x89",
                                      "\xf0\x9f\x98\x80",
                                      "\xee\x80\x80",
                                      "\xef\xbf\xbf",
                                      "\xf4\x8f\xbf\xbf",
                                      "<think>",
                                      "</think>",
                                      "12345678901234567890",
                                      "null",
                                      "{}",
                                      "[",
                                      "/",
                                      " ",
                                      "\xe2\x80\xae",
                                      "e\xcc\x81"};
    size_t kind = distill_rng_below(rng, 12);
    if (kind == 0)
        return distill_text_add_char(out, '\0');
    if (kind < 5)
        return distill_text_add(out, odd[distill_rng_below(rng, sizeof odd / sizeof *odd)]);
    return distill_text_printf(out, " word%zu", distill_rng_below(rng, 1000));
}

static distill_status make_text(distill_text *out, distill_rng *rng, size_t most)
{
    distill_status status = DISTILL_OK;
    size_t pieces = distill_rng_below(rng, 8) == 0 ? 0 : distill_rng_below(rng, most);
    distill_text_clear(out);
    TRY(distill_text_reserve(out, 1));
    for (size_t i = 0; i < pieces; i++)
        TRY(add_odd(out, rng));
done:
    return status;
}

static distill_status write_trace(distill_text *line, distill_text *texts, distill_rng *rng,
                                  size_t number)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < FIELDS; i++)
        TRY(make_text(&texts[i], rng, i == 2 ? 300 : 12));
    TRY(distill_text_printf(&texts[0], "#%zu", number));
    trace_record trace = {
        .id = distill_text_span(&texts[0]),
        .prompt = distill_text_span(&texts[1]),
        .response = distill_text_span(&texts[2]),
        .answer = distill_text_span(&texts[3]),
        .domain = distill_text_span(&texts[4]),
        .language = distill_text_span(&texts[5]),
        .error = distill_text_span(&texts[6]),
        .extracted = distill_text_span(&texts[7]),
        .sample = (int32_t)distill_rng_below(rng, 64),
        .finish = (trace_finish)distill_rng_below(rng, 3),
        .prompt_tokens = (int32_t)distill_rng_below(rng, 1u << 31),
        .response_tokens = (int32_t)distill_rng_below(rng, 1u << 31),
        .has_verdict = true,
        .correct = (int8_t)((int)distill_rng_below(rng, 3) - 1),
        .reason = (trace_reason)distill_rng_below(rng, TRACE_ENCODING + 1),
    };
    distill_text_clear(line);
    TRY(json_trace_write(line, &trace));
    if (fwrite(line->bytes, 1, line->length, stdout) != line->length)
        TRY(distill_fail_errno(DISTILL_IO, "standard output"));
done:
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0}, texts[FIELDS] = {{0}};
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    for (size_t i = 0; i < count && status == DISTILL_OK; i++) {
        distill_rng rng = distill_rng_start(argc > 2 ? strtoull(argv[2], NULL, 10) : 1, i);
        status = write_trace(&line, texts, &rng, i);
    }
    distill_text_free(&line);
    for (size_t i = 0; i < FIELDS; i++)
        distill_text_free(&texts[i]);
    if (status != DISTILL_OK || fflush(stdout) != 0) {
        fprintf(stderr, "make_odd_traces: %s\n", distill_error_message());
        return 1;
    }
    return 0;
}
