// datasets/sample/spending.c - the account of a served teacher: six numbers in a JSON file,
// replaced atomically.
#include "datasets/sample/spending.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"

enum { FIELDS = 6, MOST_BYTES = 1 << 16 };

static const char *const NAMES[FIELDS] = {"requests",     "retries", "prompt_tokens",
                                          "reply_tokens", "cost",    "seconds"};

static double *field(spending *s, size_t i)
{
    double *const fields[FIELDS] = {&s->requests,     &s->retries, &s->prompt_tokens,
                                    &s->reply_tokens, &s->cost,    &s->seconds};
    return fields[i];
}

spending spending_of(const distill_usage *usage, double price_in, double price_out, double seconds)
{
    const double million = 1e6;
    spending s = {.requests = (double)usage->requests,
                  .retries = (double)usage->retries,
                  .prompt_tokens = (double)usage->prompt_tokens,
                  .reply_tokens = (double)usage->reply_tokens,
                  .seconds = seconds};
    s.cost = (s.prompt_tokens * price_in + s.reply_tokens * price_out) / million;
    return s;
}

spending spending_sum(const spending *a, const spending *b)
{
    spending sum = *a, more = *b;
    for (size_t i = 0; i < FIELDS; i++)
        *field(&sum, i) += *field(&more, i);
    return sum;
}

distill_status spending_read(spending *out, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    *out = (spending){0};
    if (!distill_file_exists(path))
        return DISTILL_OK;
    status = distill_json_read(&doc, path, MOST_BYTES);
    if (status == DISTILL_NO_MEMORY)
        return status;
    for (size_t i = 0; status == DISTILL_OK && i < FIELDS; i++) {
        const distill_json_node *node = distill_json_present(distill_json_root(doc), NAMES[i]);
        *field(out, i) = node != NULL ? distill_json_number(node) : 0;
    }
    distill_json_free(doc);
    return DISTILL_OK;
}

distill_status spending_write(const spending *s, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    distill_json_writer w = {.out = &text};
    spending copy = *s;
    distill_json_begin_object(&w, NULL);
    for (size_t i = 0; i < FIELDS; i++)
        distill_json_add_number(&w, NAMES[i], *field(&copy, i));
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_file_write(path, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}
