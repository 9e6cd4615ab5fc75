#include "student/packing.h"

#include "distill/base/memory.h"
#include "distill/base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct packing {
    const training_data *data;
    packing_settings settings;
    size_t documents; // an epoch
    size_t steps;     // an epoch
    uint64_t epoch;   // whose order stands below, UINT64_MAX = none
    size_t *order;    // [documents] indices into data->documents
    size_t *starts;   // [steps + 1] places in order
    size_t *shuffled; // [largest source] for its random part
    // the step that packing_go_to went to:
    size_t *sorted; // [documents] its documents, longest first
    size_t *bin_of; // [documents] bin of each of those
    size_t *packed; // [documents] its documents, bin after bin
    size_t *room;   // [documents] tokens left in a bin
    size_t *held;   // [documents] documents in a bin
    size_t *first;  // [documents + 1] places of bins in packed
    size_t bins;
};

static size_t whole_passes(const training_source *source)
{
    return (size_t)floor(source->weight);
}

static size_t part_of_pass(const training_source *source)
{
    double part = source->weight - floor(source->weight);
    return (size_t)(part * (double)source->count + 0.5);
}

// The number of steps comes from the weights alone, so that it is the same in every epoch.
static size_t count_steps(const packing *pack)
{
    const packing_settings *s = &pack->settings;
    double tokens = 0;
    if (s->batch_documents > 0)
        return (pack->documents + s->batch_documents - 1) / s->batch_documents;
    if (s->batch_tokens == 0)
        return 1;
    for (size_t i = 0; i < pack->data->source_count; i++) {
        const training_source *source = &pack->data->sources[i];
        double sum = 0;
        for (size_t d = source->first; d < source->first + source->count; d++)
            sum += pack->data->documents[d].length;
        tokens += sum * source->weight;
    }
    size_t steps = (size_t)ceil(tokens / (double)s->batch_tokens);
    if (steps > pack->documents)
        steps = pack->documents;
    return steps > 0 ? steps : 1;
}

static distill_status allocate(packing *pack, size_t largest_source)
{
    distill_status status = DISTILL_OK;
    const size_t n = pack->documents;
    TRY(DISTILL_NEW(&pack->order, n));
    TRY(DISTILL_NEW(&pack->starts, pack->steps + 1));
    TRY(DISTILL_NEW(&pack->shuffled, largest_source));
    TRY(DISTILL_NEW(&pack->sorted, n));
    TRY(DISTILL_NEW(&pack->bin_of, n));
    TRY(DISTILL_NEW(&pack->packed, n));
    TRY(DISTILL_NEW(&pack->room, n));
    TRY(DISTILL_NEW(&pack->held, n));
    TRY(DISTILL_NEW(&pack->first, n + 1));
done:
    return status;
}

distill_status packing_create(packing **out, const training_data *data,
                              const packing_settings *settings)
{
    distill_status status = DISTILL_OK;
    packing *pack = NULL;
    size_t largest = 0;
    *out = NULL;
    assert(settings->bin_tokens >= training_data_longest(data));
    TRY(DISTILL_NEW(&pack, 1));
    pack->data = data;
    pack->settings = *settings;
    pack->epoch = UINT64_MAX;
    for (size_t i = 0; i < data->source_count; i++) {
        const training_source *source = &data->sources[i];
        pack->documents += whole_passes(source) * source->count + part_of_pass(source);
        largest = source->count > largest ? source->count : largest;
    }
    if (pack->documents == 0)
        TRY(distill_fail(DISTILL_USAGE, "the weights of --data leave no document in an epoch"));
    pack->steps = count_steps(pack);
    TRY(allocate(pack, largest));
    *out = pack;
    pack = NULL;
done:
    packing_free(pack);
    return status;
}

void packing_free(packing *pack)
{
    if (pack == NULL)
        return;
    distill_free(pack->first);
    distill_free(pack->held);
    distill_free(pack->room);
    distill_free(pack->packed);
    distill_free(pack->bin_of);
    distill_free(pack->sorted);
    distill_free(pack->shuffled);
    distill_free(pack->starts);
    distill_free(pack->order);
    distill_free(pack);
}

size_t packing_steps(const packing *pack)
{
    return pack->steps;
}

size_t packing_documents(const packing *pack)
{
    return pack->documents;
}

// --------------------------------------------------------------------------- the order of an epoch

// Each shuffle has a random sequence of its own: (seed, purpose, epoch).
static distill_rng sequence(const packing *pack, const char *purpose, size_t number)
{
    uint64_t stream =
        distill_rng_stream(pack->settings.seed, purpose, strlen(purpose), pack->epoch);
    return distill_rng_start(stream, number);
}

static void gather_documents(packing *pack)
{
    size_t n = 0;
    for (size_t i = 0; i < pack->data->source_count; i++) {
        const training_source *source = &pack->data->sources[i];
        for (size_t pass = 0; pass < whole_passes(source); pass++)
            for (size_t d = 0; d < source->count; d++)
                pack->order[n++] = source->first + d;
        size_t part = part_of_pass(source);
        if (part == 0)
            continue;
        for (size_t d = 0; d < source->count; d++)
            pack->shuffled[d] = source->first + d;
        distill_rng rng = sequence(pack, "part", i);
        distill_rng_shuffle(&rng, pack->shuffled, source->count);
        memcpy(pack->order + n, pack->shuffled, part * sizeof *pack->order);
        n += part;
    }
    assert(n == pack->documents);
    distill_rng rng = sequence(pack, "order", 0);
    distill_rng_shuffle(&rng, pack->order, n);
}

static size_t length_of(const packing *pack, size_t place)
{
    return pack->data->documents[pack->order[place]].length;
}

// A document belongs to the step in whose share of all tokens its middle lies; every step has one.
static void cut_by_tokens(packing *pack)
{
    double total = 0, before = 0;
    size_t step = 0;
    for (size_t i = 0; i < pack->documents; i++)
        total += (double)length_of(pack, i);
    for (size_t i = 0; i < pack->documents; i++) {
        double middle = before + (double)length_of(pack, i) / 2;
        size_t wanted = (size_t)(middle / total * (double)pack->steps);
        size_t left = pack->documents - i; // documents for the steps from here on
        if (step < pack->steps && (wanted >= step || left <= pack->steps - step))
            pack->starts[step++] = i;
        before += (double)length_of(pack, i);
    }
    assert(step == pack->steps);
    pack->starts[pack->steps] = pack->documents;
}

static void cut_by_documents(packing *pack)
{
    for (size_t step = 0; step < pack->steps; step++)
        pack->starts[step] = step * pack->settings.batch_documents;
    pack->starts[pack->steps] = pack->documents;
}

static void order_epoch(packing *pack, uint64_t epoch)
{
    pack->epoch = epoch;
    gather_documents(pack);
    if (pack->settings.batch_documents > 0)
        cut_by_documents(pack);
    else
        cut_by_tokens(pack);
}

// ------------------------------------------------------------------------------ the bins of a step

// Longest first, equal ones as they stand in the data.
static int by_length(const void *a, const void *b, void *documents)
{
    const training_document *d = documents;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (d[x].length != d[y].length)
        return d[x].length > d[y].length ? -1 : 1;
    return x < y ? -1 : x > y;
}

// Best-fit decreasing: each document, the longest first, goes where the least room is left behind.
static void fill_bins(packing *pack, size_t count)
{
    const size_t most = pack->settings.bin_documents;
    pack->bins = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = pack->data->documents[pack->sorted[i]].length, best = SIZE_MAX;
        for (size_t b = 0; b < pack->bins; b++)
            if (pack->room[b] >= length && (most == 0 || pack->held[b] < most) &&
                (best == SIZE_MAX || pack->room[b] < pack->room[best]))
                best = b;
        if (best == SIZE_MAX) {
            best = pack->bins++;
            pack->room[best] = pack->settings.bin_tokens;
            pack->held[best] = 0;
        }
        pack->room[best] -= length;
        pack->held[best]++;
        pack->bin_of[i] = best;
    }
}

// Sorts the documents by bin, keeping their order inside each.
static void line_up(packing *pack, size_t count)
{
    pack->first[0] = 0;
    for (size_t b = 0; b < pack->bins; b++) {
        pack->first[b + 1] = pack->first[b] + pack->held[b];
        pack->held[b] = pack->first[b]; // from here on: the next free place
    }
    for (size_t i = 0; i < count; i++)
        pack->packed[pack->held[pack->bin_of[i]]++] = pack->sorted[i];
}

void packing_go_to(packing *pack, uint64_t step)
{
    assert(step > 0);
    uint64_t epoch = (step - 1) / pack->steps;
    size_t within = (size_t)((step - 1) % pack->steps);
    if (epoch != pack->epoch)
        order_epoch(pack, epoch);
    size_t begin = pack->starts[within], count = pack->starts[within + 1] - begin;
    memcpy(pack->sorted, pack->order + begin, count * sizeof *pack->sorted);
    qsort_r(pack->sorted, count, sizeof *pack->sorted, by_length, pack->data->documents);
    fill_bins(pack, count);
    line_up(pack, count);
}

size_t packing_bins(const packing *pack)
{
    return pack->bins;
}

void packing_bin(const packing *pack, size_t bin, const size_t **documents, size_t *count)
{
    *documents = pack->packed + pack->first[bin];
    *count = pack->first[bin + 1] - pack->first[bin];
}
