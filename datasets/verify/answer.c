// datasets/verify/answer.c - chooses among the places of a reply that may hold the answer.
//
// Boxes, an <answer> tag, a "####" line and an announcing sentence are each searched from the end,
// and the last of them wins. A sentence after the last box must announce a value and say little
// more to win, because replies often go on after the box ("this answer is 3 more than the
// estimate"). Only replies with none of these reach the last resort.
#include "datasets/verify/answer.h"

#include "datasets/verify/answer_box.h"
#include "datasets/verify/answer_scan.h"
#include "datasets/verify/answer_statement.h"
#include "distill/text/chat/think.h"

#include <string.h>

enum {
    GOLD_SOLUTION = 120, // a reference answer longer than this is a whole solution
    GOLD_WORDS = 6       // if it also has this many words
};

bool answer_text(distill_span *out, distill_span reply)
{
    if (distill_think_is_unfinished(reply))
        return false;
    reply = distill_think_after_mark(distill_think_answer(reply));
    static const char *const ENDS[] = {"<|im_end|>",      "<|im_start|>", "<|endoftext|>",
                                       "<|end_of_text|>", "<|eot_id|>",   "<|end_of_solution|>"};
    for (size_t at = 0; (at = scan_first(reply, at, "<|")) != SIZE_MAX; at++)
        for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
            if (scan_starts(reply, at, ENDS[i]))
                reply.length = at; // a marker of the chat template ends the reply
    *out = reply;
    return true;
}

void answer_add(answer *out, distill_span part)
{
    part = scan_trim(part);
    if (part.length == 0 || out->count == ANSWER_PARTS)
        return;
    for (size_t i = 0; i < out->count; i++)
        if (distill_span_equal(out->part[i], part))
            return;
    out->part[out->count++] = part;
}

/// The place of the last "####" at or after `begin`.
static size_t find_hash_line(distill_span text, size_t begin)
{
    size_t at = scan_last(text, text.length, "####");
    if (at == SIZE_MAX || at < begin)
        return SIZE_MAX;
    while (at > 0 && text.bytes[at - 1] == '#')
        at--;
    return at;
}

static void take_hash_line(answer *out, distill_span text, size_t at)
{
    while (at < text.length && text.bytes[at] == '#')
        at++;
    const char *line_end = memchr(text.bytes + at, '\n', text.length - at);
    size_t end = line_end != NULL ? (size_t)(line_end - text.bytes) : text.length;
    distill_span line = distill_span_trim(scan_part(text, at, end));
    size_t cut = 0; // calculator annotations <<…>> are not part of the answer
    while ((cut = scan_first(line, 0, "<<")) != SIZE_MAX)
        line.length = cut;
    answer_take_statement(out, line);
    out->found_by = "hash line";
}

/// The statement after a cue.
static distill_span statement_of(distill_span text, const scan_cue *cue)
{
    return scan_part(text, cue->payload, scan_statement_end(text, cue->payload));
}

/// The sentence is about the answer and does not announce one: "the answer is reasonable".
static bool is_remark(distill_span text, const scan_cue *cue)
{
    static const char *const WORDS[] = {"reasonable", "plausible", "consistent", "verified",
                                        "confirmed",  "sensible",  "as follows", "given above",
                                        "shown",      "obvious",   "clear",      "valid",
                                        "correct,",   "correct b", "correct s",  "right,",
                                        "right b",    "right s",   "in the form"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (scan_starts_any_case(text, cue->payload, WORDS[i]))
            return true;
    return false;
}

/// The last announcement in [begin, end) that is no remark; after a box, the last that states a
/// value.
static bool find_announcement(scan_cue *cue, distill_span text, size_t begin, size_t end,
                              bool behind_box)
{
    while (scan_last_cue(cue, text, begin, end)) {
        if (!is_remark(text, cue) &&
            (!behind_box || answer_begins_with_value(statement_of(text, cue))))
            return true;
        end = cue->from;
    }
    return false;
}

static void take_tag(answer *out, distill_span inside)
{
    scan_box box;
    if (scan_last_box(&box, inside, inside.length)) {
        answer_take_boxes(out, inside, &box);
        return;
    }
    answer_take_statement(out, inside);
    out->found_by = "answer tag";
}

void answer_find(answer *out, distill_span reply)
{
    distill_span text;
    distill_answer_part tag;
    scan_box box;
    scan_cue cue;
    *out = (answer){.found_by = "none"};
    if (!answer_text(&text, reply))
        return;
    bool has_box = scan_last_box(&box, text, text.length);
    bool has_tag = distill_answer_part_find(&tag, text);
    size_t begin = has_box ? box.to : 0;
    if (has_tag && (!has_box || tag.begin + tag.inside.length > box.from)) {
        take_tag(out, tag.inside);
        return;
    }
    size_t hash = find_hash_line(text, begin);
    if (find_announcement(&cue, text, hash != SIZE_MAX ? hash : begin, text.length, has_box)) {
        answer_take_statement(out, statement_of(text, &cue));
        out->found_by = "answer sentence";
    } else if (hash != SIZE_MAX) {
        take_hash_line(out, text, hash);
    } else if (has_box) {
        answer_take_boxes(out, text, &box);
    } else {
        answer_take_last_resort(out, text);
    }
}

/// The reference is a whole solution rather than an answer: a long text of many words.
static bool is_solution(distill_span gold)
{
    return gold.length > GOLD_SOLUTION && answer_plain_words(gold) >= GOLD_WORDS;
}

void answer_of_gold(answer *out, distill_span gold)
{
    scan_box box;
    *out = (answer){.found_by = "reference"};
    if (scan_last_box(&box, gold, gold.length) && box.complete) {
        answer_take_boxes(out, gold, &box);
        return;
    }
    if (is_solution(gold) || find_hash_line(gold, 0) != SIZE_MAX) {
        answer_find(out, gold);
        if (out->count > 0)
            return;
    }
    out->count = 1;
    out->part[0] = distill_span_trim(gold);
}
