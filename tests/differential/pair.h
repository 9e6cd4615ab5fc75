// tests/differential/pair.h - a pair of answers whose equality is known by construction, and what
// generators of pairs are written with.
//
//     static void make_halves(pair *p, distill_rng *rng)          // a kind's generator
//     {
//         int n = pair_int(rng, 1, 99);
//         int m = p->truth == PAIR_EQUAL ? n : n + 1;
//         pair_set(p, pair_text("%d/2", n), pair_text("\\frac{%d}{2}", m));
//     }
//
// A generator draws a value, and for a different pair a second one that its own arithmetic says
// differs, near to the first: one digit, sign, bracket, unit, order. It writes both, each in one of
// the notations of its kind. The verifier is not asked.
//
// Memory: pair_text and pair_fill return texts of a ring of 256; a generator uses fewer.
// Threads: the ring is of the thread.
#ifndef TESTS_DIFFERENTIAL_PAIR_H
#define TESTS_DIFFERENTIAL_PAIR_H

#include "distill/base/rng.h"
#include "distill/base/text.h"

#include <stdbool.h>

/// What the verdict must be: right, wrong, unknown; for a text that leaves the value open, wrong or
/// unknown.
typedef enum pair_truth {
    PAIR_EQUAL,
    PAIR_DIFFERENT,
    PAIR_UNDECIDABLE,
    PAIR_OPEN // counted with the different ones
} pair_truth;

/// What the texts are, and thus which replies may hold the answer.
typedef enum pair_form {
    PAIR_TEX,   // mathematics that may stand between dollar signs, in a box or alone
    PAIR_BOX,   // only in a box or in tags, as it holds words, currency or dollar signs
    PAIR_REPLY, // the answer is a whole reply
    PAIR_CODE   // `gold` is the tests of a problem, the answer is a reply
} pair_form;

enum { PAIR_GOLD = 2048, PAIR_ANSWER = 4096 };

typedef struct pair {
    pair_truth truth; // EQUAL or DIFFERENT on entry of a generator, which may change it
    pair_form form;   // PAIR_TEX on entry
    const char *domain;
    char gold[PAIR_GOLD], answer[PAIR_ANSWER];
} pair;

/// A kind of pairs. Of its pairs at least `floor` percent get the verdict they must have, and at
/// most `accepted` percent of the different ones the verdict "right"; both were measured.
typedef struct pair_kind {
    const char *name;
    void (*make)(pair *p, distill_rng *rng);
    size_t most; // pairs that are made at most, as each takes long; 0 = any number
    double floor, accepted;
} pair_kind;

/// Formatted text of the ring. It must fit into PAIR_ANSWER bytes.
const char *pair_text(const char *format, ...) DISTILL_PRINTF(1, 2);
/// `template` with @1, @2, @3 replaced by the three texts (NULL where it has fewer).
const char *pair_fill(const char *template, const char *one, const char *two, const char *three);
/// The texts joined with `between`.
const char *pair_join(const char *const *items, size_t count, const char *between);

/// Uniform in low … high, both included.
int pair_int(distill_rng *rng, int low, int high);
/// Uniform in -high … -1, 1 … high.
int pair_nonzero(distill_rng *rng, int high);
bool pair_chance(distill_rng *rng, int percent);
/// One of the texts of an array.
const char *pair_pick(distill_rng *rng, const char *const *items, size_t count);
#define PAIR_COUNT(array) (sizeof(array) / sizeof *(array))
#define PAIR_PICK(rng, array) pair_pick(rng, array, PAIR_COUNT(array))
/// Shuffles `count` texts.
void pair_shuffle(distill_rng *rng, const char **items, size_t count);

/// Sets the texts, in either order: equality has no direction.
void pair_set(pair *p, distill_rng *rng, const char *a, const char *b);
/// Sets the texts in this order.
void pair_set_ordered(pair *p, const char *gold, const char *answer);
/// A reply that gives p's answer, in one of the usual frames.
const char *pair_reply(const pair *p, distill_rng *rng);
/// Puts some references into the frames of published data: dollar signs, a solution with a box.
void pair_frame_gold(pair *p, distill_rng *rng);

#endif
