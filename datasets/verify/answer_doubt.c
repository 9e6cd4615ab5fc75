// datasets/verify/answer_doubt.c - decides by a few words near a value whether the reply gives it
// as its answer.
//
// Before the value, within its clause, the words are read backwards: the one beside it ("not",
// "never", "instead of"), those that doubt ("I doubt that it is", "many would say"), and the first
// one of a clause that has nothing but small words ("If it were"). Behind it, the beginning of the
// rest of the sentence is compared with a list ("is not correct", "fails", "?"). A correction is a
// later sentence that begins with one of a few words ("Wait", "Edit:", "No,"). A comma ends a
// clause: "5, not 6" and "it is not 4, so 5" are no doubts.
//
// Most clauses have none of the words: they are recognized by the first three letters of their words.
#include "datasets/verify/answer_doubt.h"

#include "datasets/verify/answer_scan.h"
#include "datasets/verify/ascii.h"

#include <string.h>

enum {
    CLAUSE_WORDS = 12,    // read before a value
    HYPOTHESIS_WORDS = 7, // of "If the final answer were equal to"
    LATER_BYTES = 2048,   // behind a value, searched for corrections
    VALUE_BYTES = 32      // behind a weak correction, within which its value begins
};

/// The words of a clause, the last one first.
typedef struct clause {
    size_t count;
    distill_span word[CLAUSE_WORDS];
    bool whole; // the first word of the clause is among them
} clause;

static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '\'' || ascii_is_foreign(c);
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/// The word is one of those in `words`, which are in lower case and separated by spaces.
static bool is_in(distill_span word, const char *words)
{
    char first = ascii_lower(*word.bytes);
    for (const char *at = words; *at != '\0'; at += *at == ' ') {
        if (*at == first) {
            size_t i = 1;
            while (i < word.length && ascii_lower(word.bytes[i]) == at[i])
                i++;
            if (i == word.length && (at[i] == ' ' || at[i] == '\0'))
                return true;
        }
        while (*at != ' ' && *at != '\0')
            at++;
    }
    return false;
}

/// A sign that ends a clause.
static bool is_clause_end(char c)
{
    return c == '\n' || c == ',' || c == '.' || c == ':' || c == ';' || c == '?' || c == '!';
}

/// Of the words that reject, doubt or suppose: for each first letter the two after it (a
/// space: the word ends).
static const char *const MARKS[26] = {['a' - 'a'] = "vonyss",
                                      ['c' - 'a'] = "anou",
                                      ['d' - 'a'] = "ouisoeifes",
                                      ['e' - 'a'] = "xcvelirrxpitar",
                                      ['f' - 'a'] = "alro",
                                      ['i' - 'a'] = "ncf nsmampni",
                                      ['k' - 'a'] = "ei",
                                      ['m' - 'a'] = "isigayanoseaor",
                                      ['n' - 'a'] = "ote eqeiorevico owaii ",
                                      ['o' - 'a'] = "thut",
                                      ['p' - 'a'] = "reeoas",
                                      ['r' - 'a'] = "atejul",
                                      ['s' - 'a'] = "upomtuam",
                                      ['t' - 'a'] = "rahaem",
                                      ['u' - 'a'] = "nlnt",
                                      ['w' - 'a'] = "roitouheer"};

/// The second and third letter of the word that begins at `at` are among those of a table for its
/// first letter.
static bool is_among(const char *const table[26], distill_span text, size_t at)
{
    const char *pair = table[ascii_lower(text.bytes[at]) - 'a'];
    if (pair == NULL || at + 2 >= text.length)
        return false;
    char second = ascii_lower(text.bytes[at + 1]), third = ascii_lower(text.bytes[at + 2]);
    for (; *pair != '\0'; pair += 2)
        if (pair[0] == second && (pair[1] == third || (pair[1] == ' ' && !ascii_is_letter(third))))
            return true;
    return false;
}

/// A word before `at`, back to a sign that ends a clause, may reject, doubt or suppose.
static bool has_mark(distill_span text, size_t at)
{
    for (;;) {
        size_t end = at;
        while (at > 0 && ascii_is_letter(text.bytes[at - 1]))
            at--;
        if (at < end && is_among(MARKS, text, at))
            return true;
        if (at == 0)
            return false;
        char c = text.bytes[--at];
        if (c == '\'' || ascii_is_foreign(c))
            return true;
        if (c != ' ' && c != ':' && is_clause_end(c))
            return false;
    }
}

/// The word begins a clause: "… is too large but \boxed{5}".
static bool is_conjunction(distill_span word)
{
    static const char *const BY_LENGTH[10] = {
        [2] = "so", [3] = "but yet", [4] = "thus", [5] = "hence", [9] = "therefore"};
    const char *words = word.length < 10 ? BY_LENGTH[word.length] : NULL;
    char first = ascii_lower(*word.bytes);
    return words != NULL && (*words == first || first == 'y') && is_in(word, words);
}

/// Reads the words before `at`, back to a sign or a word that ends a clause.
static void read_clause(clause *out, distill_span text, size_t at)
{
    out->count = 0;
    out->whole = true;
    while (at > 0) {
        size_t end = at;
        while (at > 0 && is_word_byte(text.bytes[at - 1]))
            at--;
        if (at < end) {
            distill_span word = scan_part(text, at, end);
            out->whole = out->count < CLAUSE_WORDS;
            if (!out->whole || (out->count > 0 && is_conjunction(word)))
                return;
            out->word[out->count++] = word;
            continue;
        }
        char c = text.bytes[--at];
        if (is_clause_end(c) && !(c == ':' && out->count == 0))
            return;
    }
}

static bool word_is(const clause *c, size_t i, const char *words)
{
    return i < c->count && is_in(c->word[i], words);
}

static const char SMALL[] = "the that it this is was were be been correct right final your our my "
                            "we say for value result x y n to equal equals answer there actual "
                            "true option choice letter a let's let us text textbf mathbf mathrm "
                            "in fact exactly simply just really likely choosing picking selecting";

/// A text without spaces that ends with "is not" in Chinese or Japanese.
static bool ends_with_not(distill_span word)
{
    static const char *const NEGATIONS[] = {"不是", "不为", "不等于", "并非",
                                            "不",   "排除", "不选",   "不选择"};
    for (size_t i = 0; i < sizeof NEGATIONS / sizeof *NEGATIONS; i++) {
        size_t length = strlen(NEGATIONS[i]);
        if (word.length >= length &&
            memcmp(word.bytes + word.length - length, NEGATIONS[i], length) == 0)
            return true;
    }
    return false;
}

/// "either" and a number stand before the word `i`: "either 4 or".
static bool is_either(const clause *c, size_t i)
{
    return i + 1 < c->count && ascii_is_digit(*c->word[i + 1].bytes) && word_is(c, i + 2, "either");
}

/// The word beside the value, small ones aside, rejects it: "cannot be", "isn't equal to", "rather
/// than", "Wrong:".
static bool rejects(const clause *c)
{
    size_t i = 0;
    while (word_is(c, i,
                   "es est ist ser é pick choose select go with be equal to exactly simply just "
                   "really the answer answers a "
                   "been option choice "
                   "letter text textbf mathbf mathrm"))
        i++;
    if (i >= c->count)
        return false;
    distill_span word = c->word[i];
    bool short_not = word.length > 3 && memcmp(word.bytes + word.length - 3, "n't", 3) == 0;
    return short_not || is_in(word, "nicht pas kein keine não не нет") ||
           (i > 0 && is_in(word, "no")) || ends_with_not(word) ||
           is_in(word, "not cannot never neither nor wrong incorrect false except ne neq unlike "
                       "without avoid eliminate exclude reject discard dismiss "
                       "naive tempting previous initial earlier sample") ||
           (is_in(word, "out") && word_is(c, i + 1, "rule ruled cross")) ||
           (is_in(word, "of") && word_is(c, i + 1, "instead")) ||
           (is_in(word, "than") &&
            word_is(c, i + 1,
                    "rather other larger greater bigger higher more "
                    "smaller less lower fewer") &&
            !word_is(c, i + 2, "no not nothing")) ||
           (is_in(word, "from") && word_is(c, i + 1, "different differs far")) ||
           (is_in(word, "near") && word_is(c, i + 1, "nowhere")) ||
           (is_in(word, "means") && word_is(c, i + 1, "no")) ||
           (is_in(word, "or") && is_either(c, i)) ||
           (is_in(word, "but") && word_is(c, i + 1, "anything everything all"));
}

/// Words of the clause doubt the value, or say that others believe it.
static bool doubts(const clause *c)
{
    bool small = true; // so are all words behind
    for (size_t i = 0; i < c->count; i++) {
        if (word_is(c, i, "doubt doubtful") && !word_is(c, i + 1, "no without") &&
            !word_is(c, i + 2, "no without"))
            return true;
        if (i == 0 && word_is(c, 0, "be") && word_is(c, 1, "may might could"))
            return true;
        if (word_is(c, i, "incorrectly wrongly mistakenly") ||
            (small &&
             word_is(c, i, "unlikely impossible false wrong incorrect untrue mistake trap error")))
            return true;
        if (word_is(c, i,
                    "sure certain convinced think believe true case determine conclude know "
                    "known say tell prove show decide confirm") &&
            word_is(c, i + 1, "not cannot can't don't doesn't isn't couldn't never"))
            return true;
        if (word_is(c, i,
                    "think say claim guess expect pick choose assume believe conclude suspect") &&
            ((word_is(c, i + 1, "might would may could") && !word_is(c, i + 2, "i we")) ||
             word_is(c, i + 1, "people students others many some most everyone")))
            return true;
        small = small && is_in(c->word[i], SMALL);
    }
    return false;
}

/// The clause is a hypothesis without more: "If it were", "Suppose the answer is".
static bool supposes(const clause *c)
{
    size_t first = c->count;
    if (!c->whole || first == 0 || first > HYPOTHESIS_WORDS)
        return false;
    while (first > 1 && word_is(c, first - 1, "now and or even let us let's say"))
        first--;
    if (!word_is(c, first - 1,
                 "if suppose supposing assume assuming unless imagine whether pretend "
                 "were") ||
        (first == 1 && word_is(c, 0, "were")))
        return false;
    for (size_t i = 0; i + 1 < first; i++)
        if (!word_is(c, i, SMALL))
            return false;
    return true;
}

bool answer_is_doubted_before(distill_span text, size_t at)
{
    clause c;
    if (!has_mark(text, at))
        return false;
    read_clause(&c, text, at);
    return c.count > 0 && (rejects(&c) || doubts(&c) || supposes(&c));
}

/// The clause ends with "would be" or "would have been".
static bool is_conditional(distill_span text, size_t at)
{
    clause c;
    read_clause(&c, text, at);
    return (word_is(&c, 0, "be") && word_is(&c, 1, "would could")) ||
           (word_is(&c, 0, "been") && word_is(&c, 1, "have") && word_is(&c, 2, "would could"));
}

static bool is_any(distill_span text, size_t at, const char *const *phrases, size_t count)
{
    char first = at < text.length ? ascii_lower(text.bytes[at]) : '\0';
    for (size_t i = 0; i < count; i++)
        if (phrases[i][0] == first && scan_starts_any_case(text, at, phrases[i]))
            return true;
    return false;
}

/// "5 if x > 0, otherwise 6": the value depends on a case.
static bool is_case(distill_span text, size_t at)
{
    static const char *const STARTS[] = {"if ", "when ", "for "};
    if (!is_any(text, at, STARTS, sizeof STARTS / sizeof *STARTS))
        return false;
    const char *newline = memchr(text.bytes + at, '\n', text.length - at);
    size_t end = newline != NULL ? (size_t)(newline - text.bytes) : text.length;
    distill_span rest = scan_part(text, at, end);
    return scan_first(rest, 0, "otherwise") != SIZE_MAX || scan_first(rest, 0, " else") != SIZE_MAX;
}

// clang-format off
static const char *const REJECTIONS[] = {
    "is not correct", "is not right", "is not the answer", "is not the correct",
    "is not the right", "is not the solution", "is not a valid", "is not valid", "is not possible",
    "is not it", "is not our", "is not what", "is not an answer", "is not a solution",
    "is not true", "isn't correct", "isn't right", "isn't the", "isn't it", "isn't valid",
    "isn't possible", "isn't a solution", "isn't true", "isn't what", "is wrong", "is definitely not", "is clearly not", "is certainly not", "is obviously not",
    "is probably not", "is definitely wrong", "is clearly wrong", "is obviously wrong", "is probably wrong", "is incorrect",
    "is false", "is impossible", "is invalid", "is unlikely", "is doubtful", "is too ",
    "is a wrong", "is the wrong", "is an incorrect", "is the incorrect", "is ruled out",
    "is excluded", "is out", "is eliminated", "is extraneous", "is an extraneous", "must be rejected", "has to be rejected",
    "can be rejected", "is discarded", "must be discarded", "must be excluded", "is a trap", "is tempting", "is a distractor", "is my first", "is rejected", "is just a guess",
    "was wrong", "was incorrect", "was a mistake", "was not correct", "was not right",
    "was not the", "was my first", "wasn't", "cannot be right", "cannot be correct",
    "cannot be the", "cannot be it", "cannot be true", "can't be right", "can't be correct",
    "can't be the", "can't be it", "can't be true", "can be ruled out", "can be eliminated",
    "fails", "does not work", "does not satisf", "does not hold", "does not fit",
    "does not match", "does not make sense", "doesn't work", "doesn't satisf", "doesn't hold",
    "doesn't fit", "doesn't match", "doesn't make sense", "did not work", "didn't work",
    "seems wrong", "seems off", "seems unlikely", "seems incorrect", "seems too", "looks wrong",
    "looks off", "looks unlikely", "would be wrong", "would be incorrect", "would be too",
    "would be the answer if", "would be impossible", "would be correct if", "must be wrong",
    "contradicts", "leads to a contradiction", "won't work", "will not work", "should be rejected",
    "is implausible", "violates", "has a flaw", "is less likely", "is only partly", "is only partially", "is partly",
    "es incorrect", "es falsa", "es falso", "no es", "ist falsch", "ist nicht", "est fauss", "est faux", "est incorrect", "n'est pas",
    "错误", "不对", "是错", "不符合", "不正确", "不成立", "ではな", "は間違", "неверн",
    "wrong)", "incorrect)", "not correct)",
};
// clang-format on

static distill_span digits_at(distill_span text, size_t at)
{
    size_t end = at;
    while (end < text.length && ascii_is_digit(text.bytes[end]))
        end++;
    return scan_part(text, at, end);
}

/// "5 or maybe 6", "5 or 6": behind a value, which begins at `from`, another whole number is named.
static bool is_alternative(distill_span text, size_t from, size_t at)
{
    static const char *const HEDGES[] = {"or maybe ",  "or possibly ", "or perhaps ",
                                         "or rather ", ", or maybe ",  ", or rather "};
    if (is_any(text, at, HEDGES, sizeof HEDGES / sizeof *HEDGES))
        return true;
    static const char *const JOINS[] = {"or ", "alternatively ", "and ", ", "};
    size_t join = 0;
    for (size_t i = 0; join == 0 && i < sizeof JOINS / sizeof *JOINS; i++)
        join = scan_starts(text, at, JOINS[i]) ? strlen(JOINS[i]) : 0;
    if (join == 0)
        return false;
    bool list = text.bytes[at] == 'a' || text.bytes[at] == ',';
    from += scan_starts(text, from, "\\boxed{") ? strlen("\\boxed{") : 0;
    at += join;
    at += at < text.length && text.bytes[at] == '$';
    distill_span value = digits_at(text, from), other = digits_at(text, at);
    size_t end = at + other.length;
    bool goes_on = end + 1 < text.length && is_one_of(text.bytes[end], ".,/%\\") &&
                   !is_one_of(text.bytes[end + 1], " \n");
    bool ends = end >= text.length || is_one_of(text.bytes[end], ".\n$)");
    return value.length > 0 && other.length > 0 && !goes_on && (ends || !list) &&
           !distill_span_equal(value, other);
}

/// The place behind `at` without signs that close a formula or a mark.
static size_t skip_closing(distill_span text, size_t at)
{
    while (at < text.length && is_one_of(text.bytes[at], " $\\)]}*\"'`_("))
        at++;
    return at;
}

/// A question mark stands at `at`, and no "yes" follows.
static bool is_question(distill_span text, size_t at)
{
    if (at >= text.length || text.bytes[at] != '?')
        return false;
    for (at++; at < text.length && is_one_of(text.bytes[at], " *\n");)
        at++;
    return !scan_starts_any_case(text, at, "yes");
}

/// The place of the words that say something about the value in the sentence that goes on at `at`:
/// ", which is wrong", ": it fails", " - incorrect".
static size_t skip_relative(distill_span text, size_t at)
{
    static const char *const STARTS[] = {
        ", which ", ", but that ", ", but this ", ", but it ", ", but ",        ": it ",
        ": this ",  ": that ",     ": ",          "- ",        "\xE2\x80\x94 ", "\xE2\x80\x93 "};
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++)
        if (scan_starts(text, at, STARTS[i]))
            return at + strlen(STARTS[i]);
    return at;
}

/// The signs behind a value reject it: struck through, a cross, an arrow to another value.
static bool is_crossed(distill_span text, size_t at)
{
    static const char *const CROSSES[] = {"~~", "✗", "✘", "❌"};
    static const char *const ARROWS[] = {"-> ", "=> ", "→ ", "⇒ ", "\\to ", "\\rightarrow "};
    for (size_t i = 0; i < sizeof CROSSES / sizeof *CROSSES; i++)
        if (scan_starts(text, at, CROSSES[i]))
            return true;
    for (size_t i = 0; i < sizeof ARROWS / sizeof *ARROWS; i++) {
        size_t value = at + strlen(ARROWS[i]);
        if (scan_starts(text, at, ARROWS[i]) && value < text.length &&
            (ascii_is_digit(text.bytes[value]) || text.bytes[value] == '$'))
            return true;
    }
    return false;
}

/// The words behind the value make it a part of an expression: "5 squared", "5 more than x".
static bool is_begun(distill_span text, size_t at)
{
    static const char *const WORDS[] = {"squared", "cubed", "factorial", "halves", "thirds"};
    static const char *const RELATIONS[] = {"more than ", "less than ", "times "};
    if (is_any(text, at, WORDS, sizeof WORDS / sizeof *WORDS))
        return true;
    for (size_t i = 0; i < sizeof RELATIONS / sizeof *RELATIONS; i++) {
        size_t name = at + strlen(RELATIONS[i]);
        name += name < text.length && text.bytes[name] == '$';
        bool letter = name < text.length && ascii_is_letter(text.bytes[name]) &&
                      text.bytes[name] != 'a' &&
                      (name + 1 >= text.length || !ascii_is_letter(text.bytes[name + 1]));
        if (letter && scan_starts(text, at, RELATIONS[i]))
            return true;
    }
    return false;
}

/// The signs before the value, or the word "otherwise", reject it or say that there is another.
static bool is_crossed_before(distill_span text, size_t at)
{
    static const char *const ENDS[] = {"❌", "✗", "✘", "therwise", " else"};
    while (at > 0 && is_one_of(text.bytes[at - 1], " ,:$(\\"))
        at--;
    char last = at > 0 ? text.bytes[at - 1] : ' ';
    for (size_t i = 0; (last == 'e' || ascii_is_foreign(last)) && i < sizeof ENDS / sizeof *ENDS;
         i++) {
        size_t length = strlen(ENDS[i]);
        if (at >= length && memcmp(text.bytes + at - length, ENDS[i], length) == 0)
            return true;
    }
    return false;
}

bool answer_is_doubted(distill_span text, size_t from, size_t to)
{
    static const char *const CONDITIONS[] = {", but ", "but ", "if ", ", if ", "had ", "were "};
    static const char *const TURNS[] = {
        "it's actually", "it is actually", "actually",     "they are", "i get ",
        "in fact it",    "should be",      "it should be", "may be",   "might be",
        "wrong",         "incorrect",      "not correct"};
    if (is_question(text, to = skip_closing(text, to)) || answer_is_doubted_before(text, from) ||
        is_crossed_before(text, from))
        return true;
    char next = to < text.length ? text.bytes[to] : '.';
    if (next == '.' || next == '\n')
        return false;
    size_t words = skip_relative(text, to);
    bool turns = words > to && is_any(text, words, TURNS, sizeof TURNS / sizeof *TURNS);
    if (turns || is_any(text, words, REJECTIONS, sizeof REJECTIONS / sizeof *REJECTIONS) ||
        is_crossed(text, to) || is_case(text, to) || is_alternative(text, from, to) ||
        is_begun(text, to))
        return true;
    return is_any(text, to, CONDITIONS, sizeof CONDITIONS / sizeof *CONDITIONS) &&
           is_conditional(text, from);
}

// clang-format off
static const char *const CORRECTIONS[] = {
    "wait,", "wait.", "wait:", "wait!", "wait;", "wait -", "wait \xE2", "wait\xE2", "wait i ",
    "wait no", "wait that", "wait actually", "wait, no", "but wait", "oh wait", "oh no",
    "hmm, wait", "edit:", "edit -", "correction", "corrected:", "oops", "scratch that", "i mean ",
    "i meant ", "on second thought", "on reflection", "on further thought", "hold on", "make that", "my mistake", "i made a mistake",
    "i made an error", "i misread", "i was wrong", "let me correct", "no,", "no:", "no.", "no -",
    "no \xE2", "no;", "no wait", "no!", "nope", "sorry,", "sorry:", "sorry -", "sorry.", "sorry \xE2", "apologies,", "apologies:", "it was wrong", "it is wrong", "it's wrong", "right:", "correct:",
    "update:", "final:", "revised:", "ignore that", "strike that", "disregard", "let me redo", "let me recompute", "let me recalculate", "let me reconsider", "let me recheck", "hmm, that doesn't", "that doesn't look right", "that doesn't seem right", "this doesn't look right", "that does not look right", "erratum", "that's wrong", "that is wrong", "this is wrong", "that is incorrect",
    "this is incorrect", "that's incorrect", "that is not right", "that's not right",
    "that isn't right", "this is not correct", "that is not correct", "that's not correct",
    "the above is wrong", "this is not right", "this can't be right", "that can't be right",
};
/// These are corrections only if a value follows.
static const char *const WEAK_CORRECTIONS[] = {
    "it should be", "this should be", "that should be", "should be", "actually", "hmm", "rather,",
    "or rather", "but it may be", "but it might be", "but it could be", "but it should be", "so it should be", "so it is", "so it's",
};
// clang-format on

/// Of both lists: for each first letter the two after it, as in MARKS.
static const char *const CORRECTION_MARKS[26] = {
    ['a' - 'a'] = "poctltftnd", ['b' - 'a'] = "utet",         ['c' - 'a'] = "or",
    ['d' - 'a'] = "is",         ['e' - 'a'] = "dirr",         ['f' - 'a'] = "in",
    ['h' - 'a'] = "mmolow",     ['i' - 'a'] = " mt  wgnns",   ['l' - 'a'] = "et",
    ['m' - 'a'] = "aky or",     ['n' - 'a'] = "o opew",       ['o' - 'a'] = "h opn r ",
    ['r' - 'a'] = "igevatetec", ['s' - 'a'] = "crortrhoo tr", ['t' - 'a'] = "hahiheo ",
    ['u' - 'a'] = "pdpo",       ['w' - 'a'] = "aiho"};

static size_t length_of_any(distill_span text, size_t at, const char *const *phrases, size_t count)
{
    char first = ascii_lower(text.bytes[at]);
    for (size_t i = 0; i < count; i++)
        if (phrases[i][0] == first && scan_starts_any_case(text, at, phrases[i]))
            return strlen(phrases[i]);
    return 0;
}

/// "Alternatively, 20.": a number alone follows.
static bool is_other_value(distill_span text, size_t at)
{
    static const char START[] = "alternatively, ";
    if (!scan_starts_any_case(text, at, START))
        return false;
    distill_span digits = digits_at(text, at + strlen(START));
    size_t end = at + strlen(START) + digits.length;
    return digits.length > 0 &&
           (end == text.length || text.bytes[end] == '\n' ||
            (text.bytes[end] == '.' && (end + 1 == text.length || text.bytes[end + 1] == ' ')));
}

/// A digit or a formula begins within a few bytes of `at`, in the same sentence.
static bool has_value(distill_span text, size_t at)
{
    for (size_t i = at; i < text.length && i < at + VALUE_BYTES; i++) {
        if (ascii_is_digit(text.bytes[i]) || text.bytes[i] == '$')
            return true;
        if (is_one_of(text.bytes[i], ".\n"))
            return false;
    }
    return false;
}

/// The length of the words at `at` with which a correction begins; 0 if there is none.
static size_t correction_length(distill_span text, size_t at)
{
    if (!is_among(CORRECTION_MARKS, text, at))
        return 0;
    size_t length = length_of_any(text, at, CORRECTIONS, sizeof CORRECTIONS / sizeof *CORRECTIONS);
    if (length > 0)
        return length;
    if (is_other_value(text, at))
        return strlen("alternatively, ");
    length = length_of_any(text, at, WEAK_CORRECTIONS,
                           sizeof WEAK_CORRECTIONS / sizeof *WEAK_CORRECTIONS);
    return length > 0 && has_value(text, at + length) ? length : 0;
}

size_t answer_find_correction(distill_span text, size_t from)
{
    text = scan_part(text, 0, from + LATER_BYTES);
    bool begins = true; // of a sentence
    for (size_t at = from; at < text.length; at++) {
        char c = text.bytes[at];
        if (c == '.' || c == '?' || c == '!' || c == ';' || c == '\n') {
            begins = true;
        } else if (!begins) {
            continue;
        } else if (ascii_is_letter(c)) {
            size_t length = correction_length(text, at);
            if (length > 0)
                return at + length;
            begins = false;
        } else if (!is_one_of(c, " ,*_($\\[>#\"')]}`-") && !ascii_is_foreign(c)) {
            begins = false;
        }
    }
    return SIZE_MAX;
}
