// datasets/verify/answer.c - chooses among the places of a reply that may hold the answer.
//
// Boxes, an <answer> tag, a "####" line and an announcing sentence are each searched from the end,
// and the last of them wins. A sentence after the last box must announce a value and say little
// more to win, because replies often go on after the box ("this answer is 3 more than the
// estimate"). Only replies with none of these reach the last resort.
#include "datasets/verify/answer.h"

#include "datasets/verify/answer_box.h"
#include "datasets/verify/answer_doubt.h"
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

/// Gives the place after the line.
static size_t take_hash_line(answer *out, distill_span text, size_t at)
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
    return end;
}

/// The statement after a cue.
static distill_span statement_of(distill_span text, const scan_cue *cue)
{
    size_t end = scan_statement_end(text, cue->payload);
    if (cue->from > 0 && cue->payload < text.length && text.bytes[cue->from - 1] == '"' &&
        strchr("[{(\\$", text.bytes[cue->payload]) == NULL) { // {"answer": "5", …}
        bool quoted = text.bytes[cue->payload - 1] == '"';
        for (size_t at = cue->payload; at < end; at++)
            if (quoted ? text.bytes[at] == '"' : strchr(",}\n", text.bytes[at]) != NULL)
                end = at;
    }
    return scan_part(text, cue->payload, end);
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

/// The last announcement in [begin, end) that is no remark and not doubted; after a box, the last
/// that states a value. *doubted is the place of one that was passed over because it is ("if the
/// answer is"), or SIZE_MAX.
static bool find_announcement(scan_cue *cue, size_t *doubted, distill_span text, size_t begin,
                              bool behind_box)
{
    *doubted = SIZE_MAX;
    for (size_t end = text.length; scan_last_cue(cue, text, begin, end); end = cue->from) {
        if (is_remark(text, cue) ||
            (behind_box && !answer_begins_with_value(statement_of(text, cue))))
            continue;
        if (!answer_is_doubted_before(text, cue->from))
            return true;
        if (*doubted == SIZE_MAX)
            *doubted = cue->from;
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

/// The value of an answer that is a sentence or a number.
static distill_span value_of(const answer *out)
{
    return out->stated.length > 0 ? out->stated : out->part[out->count - 1];
}

static size_t end_of(const answer *out, distill_span text)
{
    distill_span value = value_of(out);
    return (size_t)(value.bytes - text.bytes) + value.length;
}

/// Marks the answer as unclear if its sentence doubts it, or if it is that of the announcement at
/// `doubted`.
static void check_doubts(answer *out, distill_span text, size_t doubted)
{
    if (out->count == 0)
        return;
    distill_span value = value_of(out);
    size_t from = (size_t)(value.bytes - text.bytes), to = end_of(out, text);
    bool same = doubted != SIZE_MAX && to > doubted && from < scan_statement_end(text, doubted);
    bool struck = scan_starts(value, 0, "~~"); // through, as in Markdown
    out->unclear = out->unclear || same || struck || answer_is_doubted(text, from, to);
}

/// Takes what a correction behind `from` states in place of the answer: "Wait, I mean 6". The
/// answer is unclear if that is no value.
static void apply_correction(answer *out, distill_span text, size_t from)
{
    size_t place = SIZE_MAX;
    for (size_t next; (next = answer_find_correction(text, from)) != SIZE_MAX; from = next)
        place = next;
    if (place == SIZE_MAX)
        return;
    for (int sentence = 0; sentence < 2; sentence++) { // "No. It is 6."
        while (place < text.length && strchr(", ", text.bytes[place]) != NULL)
            place++;
        size_t end = scan_statement_end(text, place);
        distill_span statement = scan_part(text, place, end);
        answer fresh = {.found_by = "answer sentence"};
        answer_take_statement(&fresh, statement);
        bool value = fresh.stated.length > 0 || answer_begins_with_value(statement) ||
                     (!fresh.plain && !fresh.loose && fresh.count > 0);
        if (value) {
            check_doubts(&fresh, text, SIZE_MAX);
            *out = fresh;
            return;
        }
        place = end < text.length ? end + 1 : end;
    }
    out->unclear = true;
}

void answer_find(answer *out, distill_span reply)
{
    distill_span text;
    distill_answer_part tag;
    scan_box box;
    scan_cue cue;
    size_t doubted;
    *out = (answer){.found_by = "none"};
    if (!answer_text(&text, reply))
        return;
    bool has_box = scan_last_box(&box, text, text.length);
    bool has_tag = distill_answer_part_find(&tag, text);
    size_t begin = has_box ? box.to : 0;
    if (has_tag && (!has_box || tag.begin + tag.inside.length > box.from)) {
        take_tag(out, tag.inside);
        size_t end = tag.begin + tag.inside.length;
        apply_correction(out, text, end + (tag.is_closed ? strlen(DISTILL_ANSWER_CLOSE) : 0));
        return;
    }
    size_t hash = find_hash_line(text, begin);
    if (find_announcement(&cue, &doubted, text, hash != SIZE_MAX ? hash : begin, has_box)) {
        distill_span statement = statement_of(text, &cue);
        answer_take_statement(out, statement);
        out->found_by = "answer sentence";
        check_doubts(out, text, SIZE_MAX);
        apply_correction(out, text, cue.payload + statement.length);
    } else if (hash != SIZE_MAX) {
        apply_correction(out, text, take_hash_line(out, text, hash));
    } else if (has_box) {
        answer_take_boxes(out, text, &box);
        apply_correction(out, text, box.to);
    } else {
        answer_take_last_resort(out, text);
        check_doubts(out, text, doubted);
        if (out->count > 0)
            apply_correction(out, text, end_of(out, text));
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
