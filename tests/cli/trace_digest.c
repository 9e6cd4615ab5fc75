// trace_digest DIR: SHA-256 of everything that the traces of an output directory hold, whatever its
// shards, settings and dates; and their number.
#include "datasets/traces/shard/shard_read.h"
#include "distill/base/sha256.h"

#include <stdio.h>

static distill_status add(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "%zu:", text.length));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}

static distill_status add_trace(distill_text *out, const trace_record *r)
{
    distill_status status = DISTILL_OK;
    const distill_span texts[] = {r->id, r->prompt, r->response, r->answer, r->domain, r->language};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        TRY(add(out, texts[i]));
    TRY(distill_text_printf(out, "%d %d %d %d %zu %zu ", r->sample, r->finish, r->prompt_tokens,
                            r->response_tokens, r->token_count, r->topk));
    if (r->token_count > 0) {
        size_t entries = r->token_count * r->topk;
        TRY(distill_text_append(out, (const char *)r->token_ids, r->token_count * 4));
        TRY(distill_text_append(out, (const char *)r->logprobs, r->token_count * 4));
        if (entries > 0) {
            TRY(distill_text_append(out, (const char *)r->topk_ids, entries * 4));
            TRY(distill_text_append(out, (const char *)r->topk_logprobs, entries * 2));
        }
    }
done:
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    trace_reader *reader = NULL;
    char hex[DISTILL_SHA256_HEX];
    if (argc != 2)
        return 2;
    TRY(trace_reader_open(&reader, argv[1]));
    TRY(trace_reader_verify(reader));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        trace_record record;
        TRY(trace_reader_read(reader, i, &record));
        TRY(add_trace(&all, &record));
    }
    TRY(distill_sha256_bytes(hex, all.bytes != NULL ? all.bytes : "", all.length));
    printf("%s %zu\n", hex, trace_reader_count(reader));
done:
    if (status != DISTILL_OK)
        fprintf(stderr, "trace_digest: %s\n", distill_error_message());
    trace_reader_close(reader);
    distill_text_free(&all);
    return status != DISTILL_OK;
}
