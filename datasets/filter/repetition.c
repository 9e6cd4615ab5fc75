// datasets/filter/repetition.c - copies of sentences, and periodic runs of any period.
#include "datasets/filter/repetition.h"

#include "datasets/key_set.h"
#include "distill/base/memory.h"

#include <string.h>

enum { FREE_COPIES = 4, MOST_PERIOD = 512, WINDOW = 4, MIN_UNIT = 6 };

typedef struct scan {
    distill_span text;
    unsigned char *marked; // [text.length] 1 = says nothing new
    key_set *copies;       // [FREE_COPIES] sentences seen at least once, twice, …
    uint32_t *last;        // [table] last place + 1 of a window's hash
    size_t table;          // a power of two
} scan;

static void mark(scan *s, size_t begin, size_t end)
{
    if (begin < end)
        memset(s->marked + begin, 1, end - begin);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Length of a sentence end at `at`: . ! ? before white space, a line end, or 。！？.
static size_t sentence_end(distill_span text, size_t at)
{
    char c = text.bytes[at];
    if (c == '\n')
        return 1;
    if (c == '.' || c == '!' || c == '?')
        return at + 1 < text.length && strchr(" \n\t\r", text.bytes[at + 1]) != NULL ? 1 : 0;
    static const char *const wide[] = {"\u3002", "\uFF01", "\uFF1F"};
    for (size_t i = 0; i < 3; i++)
        if (text.length - at >= 3 && memcmp(text.bytes + at, wide[i], 3) == 0)
            return 3;
    return 0;
}

/// Without white space, list marks and the number of a list: "40. ", "(3) ", "- ".
static distill_span bare_unit(distill_span unit)
{
    unit = distill_span_trim(unit);
    size_t at = 0;
    while (at < unit.length && at < 8 &&
           (is_digit(unit.bytes[at]) || strchr("(-*#", unit.bytes[at])))
        at++;
    while (at > 0 && at < unit.length && strchr(".): ", unit.bytes[at]) != NULL)
        at++;
    if (at > 0 && at < unit.length && strchr(".): ", unit.bytes[at - 1]) != NULL)
        unit = (distill_span){unit.bytes + at, unit.length - at};
    return distill_span_trim(unit);
}

/// Counts a copy of the sentence and marks it if it is one too many.
static distill_status count_unit(scan *s, size_t begin, size_t end)
{
    distill_status status = DISTILL_OK;
    distill_span unit = bare_unit((distill_span){s->text.bytes + begin, end - begin});
    bool added = false;
    if (unit.length < MIN_UNIT)
        return DISTILL_OK;
    uint64_t key = key_hash(1, unit);
    for (size_t i = 0; i < FREE_COPIES && !added; i++)
        TRY(key_set_add(&s->copies[i], key, &added));
    if (!added)
        mark(s, begin, end);
done:
    return status;
}

static distill_status mark_copies(scan *s)
{
    distill_status status = DISTILL_OK;
    size_t begin = 0;
    for (size_t at = 0; at < s->text.length;) {
        size_t step = sentence_end(s->text, at);
        at += step > 0 ? step : 1;
        if (step == 0)
            continue;
        TRY(count_unit(s, begin, at));
        begin = at;
    }
    // the last sentence may be cut off inside: the tail of a loop, found by its period
    TRY(count_unit(s, begin, s->text.length));
done:
    return status;
}

static bool has_word(distill_span text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c >= 0x80 || is_digit((char)c) || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            return true;
    }
    return false;
}

/// Marks the run `begin` … `end` in which every byte is that of `period` bytes before.
static void mark_run(scan *s, size_t begin, size_t end, size_t period)
{
    size_t first = begin - period; // where the first copy stands
    size_t needed = FREE_COPIES * period > 24 ? FREE_COPIES * period : 24;
    if (end - first > needed && has_word((distill_span){s->text.bytes + first, period}))
        mark(s, first + needed, end);
}

/// Runs with a period: the last place of the same four bytes proposes it, the bytes decide.
static void mark_periods(scan *s)
{
    const char *bytes = s->text.bytes;
    size_t period = 0, begin = 0;
    for (size_t at = 0; at < s->text.length; at++) {
        if (period > 0 && bytes[at] != bytes[at - period]) {
            mark_run(s, begin, at, period);
            period = 0;
        }
        if (at + WINDOW > s->text.length)
            continue;
        uint32_t window;
        memcpy(&window, bytes + at, WINDOW);
        uint32_t *slot = &s->last[(window * 2654435761u >> 8) & (s->table - 1)];
        size_t before = *slot;
        *slot = (uint32_t)at + 1;
        if (period == 0 && before > 0 && at + 1 - before <= MOST_PERIOD &&
            memcmp(bytes + before - 1, bytes + at, WINDOW) == 0) {
            period = at + 1 - before;
            begin = at;
        }
    }
    if (period > 0)
        mark_run(s, begin, s->text.length, period);
}

distill_status repetition_share(double *share, distill_span reply)
{
    distill_status status = DISTILL_OK;
    key_set copies[FREE_COPIES] = {{0}};
    scan s = {.text = distill_span_trim(reply), .copies = copies, .table = 1024};
    size_t marked = 0;
    *share = 0;
    if (s.text.length == 0 || s.text.length > UINT32_MAX - 1)
        return DISTILL_OK;
    while (s.table < s.text.length && s.table < 1 << 20)
        s.table *= 2;
    TRY(DISTILL_NEW(&s.marked, s.text.length));
    TRY(DISTILL_NEW(&s.last, s.table));
    TRY(mark_copies(&s));
    mark_periods(&s);
    for (size_t i = 0; i < s.text.length; i++)
        marked += s.marked[i];
    *share = (double)marked / (double)s.text.length;
done:
    for (size_t i = 0; i < FREE_COPIES; i++)
        key_set_free(&copies[i]);
    distill_free(s.marked);
    distill_free(s.last);
    return status;
}
