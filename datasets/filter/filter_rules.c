// datasets/filter/filter_rules.c - one function for each rule, and the table of their order: rules
// that are cheap and reject many traces come first.
#include "datasets/filter/filter_rules.h"

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

static distill_status check_error(bool *reject, const filter_case *c)
{
    *reject = c->trace->finish == TRACE_FINISH_ERROR;
    return DISTILL_OK;
}

static distill_status check_truncated(bool *reject, const filter_case *c)
{
    *reject = c->trace->finish == TRACE_FINISH_LENGTH && !c->settings->keep_truncated;
    return DISTILL_OK;
}

static distill_status check_encoding(bool *reject, const filter_case *c)
{
    *reject = encoding_fault(c->trace->response) != NULL;
    return DISTILL_OK;
}

static distill_status check_empty(bool *reject, const filter_case *c)
{
    *reject = reply_is_empty(c->trace->response);
    return DISTILL_OK;
}

static distill_status check_refusal(bool *reject, const filter_case *c)
{
    *reject = c->settings->no_refusals && refusal_found(c->trace->response);
    return DISTILL_OK;
}

static distill_status check_format(bool *reject, const filter_case *c)
{
    *reject = reply_format_fault(c->settings->format, c->trace->response) != NULL;
    return DISTILL_OK;
}

static distill_status check_language(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    double share = 0;
    if (c->settings->max_language_mix >= 1)
        goto done;
    distill_span language =
        c->settings->language != NULL ? distill_span_of(c->settings->language) : c->trace->language;
    TRY(language_mix(&share, c->trace->prompt, c->trace->response, language, c->scratch->language));
    *reject = share > c->settings->max_language_mix;
done:
    return status;
}

static distill_status check_repetition(bool *reject, const filter_case *c)
{
    distill_status status = DISTILL_OK;
    double share = 0;
    // --select best ranks by the share even where the rule is off
    if (c->settings->max_repetition >= 1 && c->settings->selection.rule.order != SELECT_BEST)
        goto done;
    TRY(repetition_share(&share, c->trace->response, c->scratch->repetition));
    c->scratch->repetition_share = (float)share;
    *reject = share > c->settings->max_repetition;
done:
    return status;
}

/// A paragraph ends at a blank line. Its length is in characters.
static distill_status check_paragraph(bool *reject, const filter_case *c)
{
    size_t length = 0;
    distill_span text = c->trace->response;
    for (size_t i = 0; i < text.length && c->settings->max_paragraph_chars > 0 && !*reject; i++) {
        bool blank = text.bytes[i] == '\n' && i + 1 < text.length && text.bytes[i + 1] == '\n';
        length = blank ? 0 : length + ((text.bytes[i] & 0xC0) != 0x80);
        *reject = length > c->settings->max_paragraph_chars;
    }
    return DISTILL_OK;
}

static distill_status check_code_block(bool *reject, const filter_case *c)
{
    *reject = c->settings->no_code_blocks && prose_has_code_block(c->trace->response);
    return DISTILL_OK;
}

/// Imported replies without a token count pass.
static bool has_token_count(const trace_record *trace)
{
    return trace->response_tokens > 0 || trace->response.length == 0;
}

static distill_status check_too_short(bool *reject, const filter_case *c)
{
    *reject =
        has_token_count(c->trace) && (size_t)c->trace->response_tokens < c->settings->min_tokens;
    return DISTILL_OK;
}

static distill_status check_too_long(bool *reject, const filter_case *c)
{
    *reject = c->settings->max_tokens > 0 && has_token_count(c->trace) &&
              (size_t)c->trace->response_tokens > c->settings->max_tokens;
    return DISTILL_OK;
}

static distill_status check_contaminated(bool *reject, const filter_case *c)
{
    if (c->settings->benchmarks == NULL)
        return DISTILL_OK;
    return decontamination_hit(reject, &c->scratch->overlap, c->settings->benchmarks,
                               c->trace->prompt, &c->scratch->words);
}

const filter_rule FILTER_RULES[] = {
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
const size_t FILTER_RULE_COUNT = sizeof FILTER_RULES / sizeof *FILTER_RULES;

distill_status filter_rules_check(trace_reason *reason, const filter_settings *settings,
                                  const trace_record *trace, filter_scratch *scratch)
{
    distill_status status = DISTILL_OK;
    const filter_case c = {settings, trace, scratch};
    *reason = TRACE_KEPT;
    scratch->repetition_share = -1;
    for (size_t i = 0; i < FILTER_RULE_COUNT && *reason == TRACE_KEPT; i++) {
        bool reject = false;
        TRY(FILTER_RULES[i].check(&reject, &c));
        if (reject)
            *reason = FILTER_RULES[i].reason;
    }
done:
    return status;
}
