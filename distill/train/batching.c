// distill/train/batching.c - the order of an epoch, and where its steps begin.
//
// Every shuffle has a random stream of its own, addressed by (seed, purpose, epoch, source). The
// number of steps follows from lengths and weights alone, so that it is the same in every epoch.
// If steps are cut by tokens, a document belongs to the step whose share of all tokens contains the
// document's middle.
#include "distill/train/batching.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct distill_batching {
    distill_document_set set;
    distill_batching_settings settings;
    size_t documents; // an epoch
    size_t steps;     // an epoch
    uint64_t epoch;   // whose order is held, UINT64_MAX = none
    size_t *order;    // [documents] indices into set.lengths
    size_t *starts;   // [steps + 1] places in order
    size_t *shuffled; // [largest source] for its random part
};

static size_t whole_passes(const distill_document_source *source)
{
    return (size_t)floor(source->weight);
}

static size_t part_of_pass(const distill_document_source *source)
{
    double part = source->weight - floor(source->weight);
    return (size_t)(part * (double)source->count + 0.5);
}

static double tokens_of(const distill_batching *b, const distill_document_source *source)
{
    double sum = 0;
    for (size_t d = source->first; d < source->first + source->count; d++)
        sum += b->set.lengths[d];
    return sum;
}

static size_t count_steps(const distill_batching *b)
{
    const distill_batching_settings *s = &b->settings;
    double tokens = 0;
    if (s->documents > 0)
        return (b->documents + s->documents - 1) / s->documents;
    if (s->tokens == 0)
        return 1;
    for (size_t i = 0; i < b->set.source_count; i++)
        tokens += tokens_of(b, &b->set.sources[i]) * b->set.sources[i].weight;
    size_t steps = (size_t)ceil(tokens / (double)s->tokens);
    if (steps > b->documents)
        steps = b->documents;
    return steps > 0 ? steps : 1;
}

distill_status distill_batching_create(distill_batching **out,
                                       const distill_document_set *documents,
                                       const distill_batching_settings *settings)
{
    distill_status status = DISTILL_OK;
    distill_batching *b = NULL;
    size_t largest = 0;
    *out = NULL;
    TRY(DISTILL_NEW(&b, 1));
    b->set = *documents;
    b->settings = *settings;
    b->epoch = UINT64_MAX;
    for (size_t i = 0; i < documents->source_count; i++) {
        const distill_document_source *source = &documents->sources[i];
        b->documents += whole_passes(source) * source->count + part_of_pass(source);
        largest = source->count > largest ? source->count : largest;
    }
    if (b->documents == 0)
        TRY(distill_fail(DISTILL_USAGE, "the weights of --data leave no document in an epoch"));
    b->steps = count_steps(b);
    TRY(DISTILL_NEW(&b->order, b->documents));
    TRY(DISTILL_NEW(&b->starts, b->steps + 1));
    TRY(DISTILL_NEW(&b->shuffled, largest));
    *out = b;
    b = NULL;
done:
    distill_batching_free(b);
    return status;
}

void distill_batching_free(distill_batching *b)
{
    if (b == NULL)
        return;
    distill_free(b->shuffled);
    distill_free(b->starts);
    distill_free(b->order);
    distill_free(b);
}

size_t distill_batching_steps(const distill_batching *b)
{
    return b->steps;
}

size_t distill_batching_documents(const distill_batching *b)
{
    return b->documents;
}

size_t distill_batching_most_documents(const distill_batching *b)
{
    return b->settings.documents > 0 && b->settings.documents < b->documents ? b->settings.documents
                                                                             : b->documents;
}

static distill_rng random_stream(const distill_batching *b, const char *purpose, size_t number)
{
    uint64_t stream = distill_rng_stream(b->settings.seed, purpose, strlen(purpose), b->epoch);
    return distill_rng_start(stream, number);
}

static void gather_documents(distill_batching *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->set.source_count; i++) {
        const distill_document_source *source = &b->set.sources[i];
        for (size_t pass = 0; pass < whole_passes(source); pass++)
            for (size_t d = 0; d < source->count; d++)
                b->order[n++] = source->first + d;
        size_t part = part_of_pass(source);
        if (part == 0)
            continue;
        for (size_t d = 0; d < source->count; d++)
            b->shuffled[d] = source->first + d;
        distill_rng rng = random_stream(b, "part", i);
        distill_rng_shuffle(&rng, b->shuffled, source->count);
        memcpy(b->order + n, b->shuffled, part * sizeof *b->order);
        n += part;
    }
    assert(n == b->documents);
    distill_rng rng = random_stream(b, "order", 0);
    distill_rng_shuffle(&rng, b->order, n);
}

static double length_at(const distill_batching *b, size_t place)
{
    return (double)b->set.lengths[b->order[place]];
}

// Every step has at least one document.
static void cut_by_tokens(distill_batching *b)
{
    double total = 0, before = 0;
    size_t step = 0;
    for (size_t i = 0; i < b->documents; i++)
        total += length_at(b, i);
    for (size_t i = 0; i < b->documents; i++) {
        double middle = before + length_at(b, i) / 2;
        size_t target = (size_t)(middle / total * (double)b->steps);
        size_t left = b->documents - i; // documents for the steps from here on
        if (step < b->steps && (target >= step || left <= b->steps - step))
            b->starts[step++] = i;
        before += length_at(b, i);
    }
    assert(step == b->steps);
    b->starts[b->steps] = b->documents;
}

static void cut_by_documents(distill_batching *b)
{
    for (size_t step = 0; step < b->steps; step++)
        b->starts[step] = step * b->settings.documents;
    b->starts[b->steps] = b->documents;
}

static void order_epoch(distill_batching *b, uint64_t epoch)
{
    b->epoch = epoch;
    gather_documents(b);
    if (b->settings.documents > 0)
        cut_by_documents(b);
    else
        cut_by_tokens(b);
}

void distill_batching_step(distill_batching *b, uint64_t step, const size_t **documents,
                           size_t *count)
{
    assert(step > 0);
    uint64_t epoch = (step - 1) / b->steps;
    size_t within = (size_t)((step - 1) % b->steps);
    if (epoch != b->epoch)
        order_epoch(b, epoch);
    *documents = b->order + b->starts[within];
    *count = b->starts[within + 1] - b->starts[within];
}
