// distill/train/packing.c - best-fit decreasing: each document, the longest first, goes into the
// bin in which the least room remains, or opens a new one. Quadratic in the number of documents of
// a step, which is small beside a forward pass.
#include "distill/train/packing.h"

#include "distill/base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct distill_packing {
    distill_packing_settings settings;
    size_t capacity; // documents
    // of the current step:
    size_t *sorted; // [capacity] documents, longest first
    size_t *bin_of; // [capacity] bin of each of those
    size_t *packed; // [capacity] documents, bin after bin
    size_t *room;   // [capacity] tokens that a bin still holds
    size_t *held;   // [capacity] documents in a bin
    size_t *first;  // [capacity + 1] places of bins in `packed`
    size_t bins;
};

distill_status distill_packing_create(distill_packing **out, size_t most_documents,
                                      const distill_packing_settings *settings)
{
    distill_status status = DISTILL_OK;
    distill_packing *p = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&p, 1));
    p->settings = *settings;
    p->capacity = most_documents;
    TRY(DISTILL_NEW(&p->sorted, most_documents));
    TRY(DISTILL_NEW(&p->bin_of, most_documents));
    TRY(DISTILL_NEW(&p->packed, most_documents));
    TRY(DISTILL_NEW(&p->room, most_documents));
    TRY(DISTILL_NEW(&p->held, most_documents));
    TRY(DISTILL_NEW(&p->first, most_documents + 1));
    *out = p;
    p = NULL;
done:
    distill_packing_free(p);
    return status;
}

void distill_packing_free(distill_packing *p)
{
    if (p == NULL)
        return;
    distill_free(p->first);
    distill_free(p->held);
    distill_free(p->room);
    distill_free(p->packed);
    distill_free(p->bin_of);
    distill_free(p->sorted);
    distill_free(p);
}

/// Longest first, then by index.
static int by_length(const void *a, const void *b, void *context)
{
    const uint32_t *lengths = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (lengths[x] != lengths[y])
        return lengths[x] > lengths[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

static bool fits(const distill_packing *p, size_t bin, size_t length)
{
    const size_t most = p->settings.documents;
    return p->room[bin] >= length && (most == 0 || p->held[bin] < most);
}

static void fill_bins(distill_packing *p, const uint32_t *lengths, size_t count)
{
    p->bins = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = lengths[p->sorted[i]], best = SIZE_MAX;
        for (size_t b = 0; b < p->bins; b++)
            if (fits(p, b, length) && (best == SIZE_MAX || p->room[b] < p->room[best]))
                best = b;
        if (best == SIZE_MAX) {
            best = p->bins++;
            p->room[best] = p->settings.tokens;
            p->held[best] = 0;
        }
        assert(p->room[best] >= length);
        p->room[best] -= length;
        p->held[best]++;
        p->bin_of[i] = best;
    }
}

/// Sorts the documents by bin, keeping their order inside each.
static void line_up(distill_packing *p, size_t count)
{
    p->first[0] = 0;
    for (size_t b = 0; b < p->bins; b++) {
        p->first[b + 1] = p->first[b] + p->held[b];
        p->held[b] = p->first[b]; // from now on: the next free place
    }
    for (size_t i = 0; i < count; i++)
        p->packed[p->held[p->bin_of[i]]++] = p->sorted[i];
}

void distill_packing_fill(distill_packing *p, const uint32_t *lengths, const size_t *documents,
                          size_t count)
{
    assert(count <= p->capacity);
    memcpy(p->sorted, documents, count * sizeof *p->sorted);
    qsort_r(p->sorted, count, sizeof *p->sorted, by_length, (void *)(uintptr_t)lengths);
    fill_bins(p, lengths, count);
    line_up(p, count);
}

size_t distill_packing_bins(const distill_packing *p)
{
    return p->bins;
}

void distill_packing_bin(const distill_packing *p, size_t bin, const size_t **documents,
                         size_t *count)
{
    *documents = p->packed + p->first[bin];
    *count = p->first[bin + 1] - p->first[bin];
}
