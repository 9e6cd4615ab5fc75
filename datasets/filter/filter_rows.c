// datasets/filter/filter_rows.c - one function a filter, in the order in which they are asked.
#include "datasets/filter/filter_rows.h"

#include "datasets/filter/rules/encoding_fault.h"
#include "datasets/filter/rules/prose.h"
#include "datasets/filter/rules/refusal.h"

distill_status filter_scratch_create(filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    *scratch = (filter_scratch){0};
    TRY(repetition_scratch_create(&scratch->repetition));
    TRY(language_scratch_create(&scratch->language));
done:
    return status;
}

void filter_scratch_free(filter_scratch *scratch)
{
    repetition_scratch_free(scratch->repetition);
    language_scratch_free(scratch->language);
    decontamination_scratch_free(&scratch->words);
    *scratch = (filter_scratch){0};
}

static distill_status check_error(bool *reject, const filter_settings *settings,
                                  const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    (void)settings;
    *reject = trace->finish == TRACE_FINISH_ERROR;
    return DISTILL_OK;
}

static distill_status check_truncated(bool *reject, const filter_settings *settings,
                                      const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = trace->finish == TRACE_FINISH_LENGTH && !settings->keep_truncated;
    return DISTILL_OK;
}

static distill_status check_encoding(bool *reject, const filter_settings *settings,
                                     const trace_record *trace, filter_scratch *scratch)
{
    (void)settings;
    (void)scratch;
    *reject = encoding_fault(trace->response) != NULL;
    return DISTILL_OK;
}

static distill_status check_empty(bool *reject, const filter_settings *settings,
                                  const trace_record *trace, filter_scratch *scratch)
{
    (void)settings;
    (void)scratch;
    *reject = reply_is_empty(trace->response);
    return DISTILL_OK;
}

static distill_status check_refusal(bool *reject, const filter_settings *settings,
                                    const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = settings->no_refusals && refusal_found(trace->response);
    return DISTILL_OK;
}

static distill_status check_format(bool *reject, const filter_settings *settings,
                                   const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = reply_format_fault(settings->format, trace->response) != NULL;
    return DISTILL_OK;
}

static distill_status check_language(bool *reject, const filter_settings *settings,
                                     const trace_record *trace, filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    distill_span language = distill_span_of(settings->language);
    double share = 0;
    if (settings->max_language_mix >= 1)
        goto done;
    if (distill_span_is(language, "auto"))
        language = trace->language;
    TRY(language_mix(&share, trace->prompt, trace->response, language, scratch->language));
    *reject = share > settings->max_language_mix;
done:
    return status;
}

static distill_status check_repetition(bool *reject, const filter_settings *settings,
                                       const trace_record *trace, filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    double share = 0;
    if (settings->max_repetition >= 1 && settings->selection.rule.order != SELECT_BEST)
        goto done;
    TRY(repetition_share(&share, trace->response, scratch->repetition));
    scratch->repetition_share = (float)share;
    *reject = share > settings->max_repetition;
done:
    return status;
}

/// A paragraph ends at a blank line; its length is in characters.
static distill_status check_paragraph(bool *reject, const filter_settings *settings,
                                      const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    size_t length = 0;
    distill_span text = trace->response;
    for (size_t i = 0; i < text.length && settings->max_paragraph_chars > 0 && !*reject; i++) {
        bool blank = text.bytes[i] == '\n' && i + 1 < text.length && text.bytes[i + 1] == '\n';
        length = blank ? 0 : length + ((text.bytes[i] & 0xC0) != 0x80);
        *reject = length > settings->max_paragraph_chars;
    }
    return DISTILL_OK;
}

static distill_status check_code_block(bool *reject, const filter_settings *settings,
                                       const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = settings->no_code_blocks && prose_has_code_block(trace->response);
    return DISTILL_OK;
}

/// Replies whose tokens were not counted (imported ones) pass.
static bool has_token_count(const trace_record *trace)
{
    return trace->response_tokens > 0 || trace->response.length == 0;
}

static distill_status check_too_short(bool *reject, const filter_settings *settings,
                                      const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = has_token_count(trace) && (size_t)trace->response_tokens < settings->min_tokens;
    return DISTILL_OK;
}

static distill_status check_too_long(bool *reject, const filter_settings *settings,
                                     const trace_record *trace, filter_scratch *scratch)
{
    (void)scratch;
    *reject = settings->max_tokens > 0 && has_token_count(trace) &&
              (size_t)trace->response_tokens > settings->max_tokens;
    return DISTILL_OK;
}

static distill_status check_contaminated(bool *reject, const filter_settings *settings,
                                         const trace_record *trace, filter_scratch *scratch)
{
    if (settings->benchmarks == NULL)
        return DISTILL_OK;
    return decontamination_hit(reject, &scratch->overlap, settings->benchmarks, trace->prompt,
                               &scratch->words);
}

const filter_row FILTER_ROWS[] = {
    {TRACE_ERROR, check_error},
    {TRACE_TRUNCATED, check_truncated},
    {TRACE_EMPTY, check_empty},
    {TRACE_ENCODING, check_encoding},
    {TRACE_CONTAMINATED, check_contaminated},
    {TRACE_TOO_SHORT, check_too_short},
    {TRACE_TOO_LONG, check_too_long},
    {TRACE_FORMAT, check_format},
    {TRACE_CODE_BLOCK, check_code_block},
    {TRACE_PARAGRAPH, check_paragraph},
    {TRACE_LANGUAGE, check_language},
    {TRACE_REPETITION, check_repetition},
    {TRACE_REFUSAL, check_refusal},
};
const size_t FILTER_ROW_COUNT = sizeof FILTER_ROWS / sizeof *FILTER_ROWS;

distill_status filter_rows_check(trace_reason *reason, const filter_settings *settings,
                                 const trace_record *trace, filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    *reason = TRACE_KEPT;
    scratch->repetition_share = -1;
    for (size_t i = 0; i < FILTER_ROW_COUNT && *reason == TRACE_KEPT; i++) {
        bool reject = false;
        TRY(FILTER_ROWS[i].check(&reject, settings, trace, scratch));
        if (reject)
            *reason = FILTER_ROWS[i].reason;
    }
done:
    return status;
}
