// datasets/evaluate/consensus.c - each answer is compared with the first answer of every group:
// quadratic in the number of different answers, which is small.
#include "datasets/evaluate/consensus.h"

#include "datasets/verify/verdict.h"
#include "distill/base/memory.h"

#include <assert.h>

static bool same_answer(distill_span a, distill_span b)
{
    return distill_span_equal(a, b) || answers_equal(a, b) == VERDICT_RIGHT;
}

/// Opens a group at the end; the memory of cleared groups is used again.
static distill_status open_group(consensus_group **out, consensus *vote, distill_span answer)
{
    distill_status status = DISTILL_OK;
    if (vote->count == vote->capacity) {
        size_t capacity = vote->capacity > 0 ? 2 * vote->capacity : 8;
        TRY(distill_grow((void **)&vote->groups, vote->capacity, capacity, sizeof *vote->groups));
        vote->capacity = capacity;
    }
    assert(vote->groups != NULL);
    consensus_group *group = &vote->groups[vote->count];
    distill_text_clear(&group->answer);
    TRY(distill_text_add_span(&group->answer, answer));
    group->votes = group->right = 0;
    vote->count++;
    *out = group;
done:
    return status;
}

distill_status consensus_add(consensus *vote, distill_span answer, bool right)
{
    distill_status status = DISTILL_OK;
    consensus_group *group = NULL;
    for (size_t i = 0; i < vote->count && group == NULL; i++) {
        if (same_answer(distill_text_span(&vote->groups[i].answer), answer))
            group = &vote->groups[i];
    }
    if (group == NULL)
        TRY(open_group(&group, vote, answer));
    group->votes++;
    group->right += right ? 1 : 0;
done:
    return status;
}

double consensus_share(const consensus *vote)
{
    size_t most = 0, tied = 0, tied_right = 0;
    for (size_t i = 0; i < vote->count; i++) {
        const consensus_group *group = &vote->groups[i];
        if (group->votes < most)
            continue;
        if (group->votes > most) {
            most = group->votes;
            tied = tied_right = 0;
        }
        tied++;
        tied_right += 2 * group->right > group->votes ? 1 : 0;
    }
    return tied > 0 ? (double)tied_right / (double)tied : 0;
}

void consensus_clear(consensus *vote)
{
    vote->count = 0;
}

void consensus_free(consensus *vote)
{
    for (size_t i = 0; i < vote->capacity; i++)
        distill_text_free(&vote->groups[i].answer);
    distill_free(vote->groups);
    *vote = (consensus){0};
}
