// datasets/verify/sentence_number.c - ranks the numbers of a sentence by the words beside them.
//
// A leading clause ("Of the 12 apples, …"), what follows a reason ("because 3 of them …") and what
// precedes a conclusion ("…, so she has 5") are left out where the rest has a number. Of the
// others, the result of a calculation ranks first, then a number after "is", "=" or ":", then a
// plain one, that before one after a preposition ("in 3 weeks"), and that before a difference ("8
// more"). Numbers that are only mentioned ("of the 12") or rejected ("not 4") and the operands of a
// calculation never count. Where two numbers of the best rank are joined, or nothing decides
// between them, the sentence is unclear: a wrong choice is worse than none.
#include "datasets/verify/sentence_number.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/sentence.h"

#include <string.h>

typedef enum rank {
    RANK_WORD,      // no number
    RANK_LABEL,     // a name: "page 5", "step 5"
    RANK_OPERAND,   // of a calculation
    RANK_MENTION,   // mentioned or rejected
    RANK_BOUND,     // "at least 5", "the root of 5"
    RANK_RELATIVE,  // "5 more"
    RANK_CONDITION, // "in 5 weeks"
    RANK_PLAIN,
    RANK_STATED,
    RANK_RESULT // of a calculation: "2 + 3 = 5"
} rank;

typedef struct ranking {
    distill_span text;
    const sentence *s;
    rank of[SENTENCE_TOKENS];
    sentence_lead lead;
} ranking;

static const char FILLERS[] = "a an the about approximately only exactly just now then also still "
                              "around roughly nearly almost therefore thus indeed simply";
static const char STATING[] =
    "is are was were be been equals equal makes make made gives give gets get obtain obtains "
    "that's it's yields reaches became becomes remain remains es son fue eran era sea ist sind war "
    "lautet ergibt est sont vaut é são foi è sono totals totaling totalling answer result";
static const char TO_VERBS[] =
    "comes come came amounts amount adds add sums sum equal equals "
    "equivalent evaluates simplifies reduces leads rises increases grows "
    "falls drops decreases corresponds";
static const char WITH_VERBS[] = "end ends ended finish finishes finished left up remains remain";
static const char LABELS[] = "page option step part section chapter figure equation eq line table "
                             "theorem lemma case example exercise problem question method approach "
                             "attempt choice confidence certainty hint note appendix footnote";
static const char WORK[] = "solved solve solving computed calculated verified checked thinking "
                           "thought answered worked done proved";
static const char WORK_UNITS[] = "step steps attempt attempts tries iterations lines";
static const char PREPOSITIONS[] =
    "for in after at with per every each during within on from since before until among across "
    "to into onto against by para en con por für in nach mit pour dans avec après pro";
static const char RELATIVES[] =
    "more less fewer greater larger smaller higher lower longer shorter older younger taller "
    "heavier faster slower times further additional extra";
static const char BOUND_LEFT[] =
    "least most under over below above exceed exceeds exceeding than "
    "between minus negative perhaps maybe possibly menos moins "
    "mindestens höchstens maximal minimal casi presque fast "
    "divides divide dividing sqrt log ln sin cos tan twice double half "
    "triple mod modulo base squared root power multiple factor";
static const char BOUND_OF[] = "root power powers multiple multiples factor factors half third "
                               "quarter divisor divisors logarithm sine cosine tangent square cube "
                               "percent fraction none some many log function negative opposite "
                               "reciprocal inverse negation complement neighborhood order";
static const char BOUND_BY[] = "divide divides divided divisible dividing multiply multiplied "
                               "multiplying";
static const char CALCULATION[] = "plus minus times divided multiplied x";
static const char POSSESSIVES[] = "the these those this that her his its their our my your all "
                                  "them los las den der diesen les ces ses";
static const char NEGATIONS[] =
    "not no isn't wasn't nicht kein keine pas non não не нет instead rather "
    "never";
static const char REASONS[] = "because since as assuming given where when whereas if after porque "
                              "weil denn car";
static const char CONCLUSIONS[] = "so therefore thus hence meaning leaving giving making totaling "
                                  "totalling altogether total daher also donc";
static const char FUNCTIONS[] = "sqrt log ln sin cos tan mod pi frac text boxed max min gcd lcm";
static const char FACTORS[] = "sqrt log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin "
                              "arccos arctan theta alpha beta gamma phi lambda sigma omega";
static const char MULTIPLIERS[] =
    "mil millones millón mille millionen tausend milliarden milliards "
    "тысяч тысячи миллион миллиона миллионов";
static const char COMPARATIVES[] = "menos más mehr weniger plus moins meno più mais höchstens";
static const char DENIALS[] = "can't cannot couldn't won't nobody none never doesn't don't not";
static const char ORDINALS[] = "second third fourth fifth sixth seventh eighth ninth tenth nth";
static const char SUMMARIES[] = "that's it's makes make gives get gets totals yields so";
static const char JOINS[] = "and or y o u und oder et ou e plus";

static const sentence_token *at(const ranking *r, size_t i)
{
    static const sentence_token NONE = {.kind = SENTENCE_SIGN, .sign = '\0'};
    return i < r->s->count ? &r->s->at[i] : &NONE;
}

static bool is_sign(const ranking *r, size_t i, const char *signs)
{
    const sentence_token *t = at(r, i);
    return t->kind == SENTENCE_SIGN && t->sign != '\0' && strchr(signs, t->sign) != NULL;
}

static bool is_word(const ranking *r, size_t i, const char *words)
{
    return sentence_word_in(at(r, i), words);
}

static bool is_number(const ranking *r, size_t i)
{
    return at(r, i)->kind == SENTENCE_NUMBER;
}

static bool is_letter(const ranking *r, size_t i)
{
    return at(r, i)->kind == SENTENCE_WORD && at(r, i)->text.length == 1;
}

/// A letter that stands for a number, not the article or the pronoun.
static bool is_variable(const ranking *r, size_t i)
{
    return is_letter(r, i) && !is_word(r, i, "a i") && ascii_is_letter(*at(r, i)->text.bytes);
}

/// The place of the token before `i` that is no filler and no bracket; SIZE_MAX if there is none.
/// *the is set if an article or a possessive is skipped.
static size_t left_of(const ranking *r, size_t i, bool *the)
{
    *the = false;
    while (i-- > 0) {
        bool possessive = is_word(r, i, POSSESSIVES);
        if (!possessive && !is_word(r, i, FILLERS) && !is_sign(r, i, "("))
            return i;
        if (is_word(r, i, "that this") && (i == 0 || !is_word(r, i - 1, "of out")))
            return i;
        *the = *the || possessive;
    }
    return SIZE_MAX;
}

/// An operator stands beside the number: it is part of a calculation.
static bool is_operand(const ranking *r, size_t i, size_t left)
{
    size_t right = i + 1;
    while (is_sign(r, right, ")"))
        right++;
    bool rate = is_sign(r, right, "/") && at(r, right + 1)->kind == SENTENCE_WORD &&
                !is_letter(r, right + 1); // 500/month
    if (is_sign(r, right, "+*/^=_\\{[<>|") && !rate)
        return true;
    if (is_sign(r, right, "-") && (is_number(r, right + 1) || is_letter(r, right + 1)))
        return true;
    if (is_word(r, right, CALCULATION) && (is_number(r, right + 1) || is_word(r, right + 1, "by")))
        return true;
    if (left == SIZE_MAX)
        return false;
    if (is_sign(r, left, "+*/^_\\{}<>|"))
        return true;
    if (is_sign(r, left, "-") && left > 0 &&
        (is_number(r, left - 1) || is_letter(r, left - 1) || is_sign(r, left - 1, ")")))
        return true;
    return is_word(r, left, CALCULATION) && left > 0 &&
           (is_number(r, left - 1) || is_variable(r, left - 1));
}

/// The number is a name, or says how sure the reply is: "page 5", "Confidence: 5", "5 percent sure".
static bool is_label(const ranking *r, size_t i, size_t left)
{
    if (is_word(r, i + 1, "percent") && is_word(r, i + 2, "sure certain confident"))
        return true;
    if (left == SIZE_MAX)
        return false;
    bool states = left > 0 && (is_sign(r, left, ":") || is_word(r, left, "is"));
    return states ? is_word(r, left - 1, "confidence certainty") : is_word(r, left, LABELS);
}

/// The words behind the number are a factor or an exponent: "5 ln 2", "5 i", "5 square root of 2",
/// "5 to the third".
static bool is_multiplied(const ranking *r, size_t right)
{
    if (at(r, right)->kind != SENTENCE_WORD)
        return false;
    bool ends = at(r, right + 1)->kind == SENTENCE_SIGN;
    return is_word(r, right, FACTORS) ||
           (is_letter(r, right) && ends && is_word(r, right, "i n k x z e y")) ||
           (is_word(r, right, "square cube cubic fourth") && is_word(r, right + 1, "root")) ||
           (is_word(r, right, "root roots") && is_word(r, right + 1, "of")) ||
           (is_word(r, right, "to") && is_word(r, right + 1, "the") &&
            is_word(r, right + 2, ORDINALS) && at(r, right + 3)->kind == SENTENCE_SIGN);
}

/// The words behind the number, or behind its unit, make it a bound: "5 at least", "5 euros and up",
/// "5 below 9".
static bool is_bound_behind(const ranking *r, size_t right)
{
    size_t last = right + (at(r, right)->kind == SENTENCE_WORD && !is_word(r, right, JOINS));
    for (size_t k = right; k <= last; k++)
        if ((is_word(r, k, "at") && is_word(r, k + 1, "least most")) ||
            (is_word(r, k, "or and") &&
             is_word(r, k + 1, "above up upwards below something another")) ||
            (is_word(r, k, "below above under over") && is_number(r, k + 1)) ||
            (is_word(r, k, "short") && is_word(r, k + 1, "of")) ||
            (is_word(r, k, "in") && is_word(r, k + 1, "base binary octal hex hexadecimal")) ||
            is_word(r, k, "minimum maximum"))
            return true;
    size_t comma = right + is_sign(r, right, ",");
    return is_word(r, comma, "doubled tripled halved negated squared cubed") ||
           is_word(r, right, MULTIPLIERS) ||
           (is_word(r, right, "a") && is_word(r, right + 1, "half third quarter"));
}

/// The words before the number make it a bound or reject it: "más de 5", "can't have 5", "coprime to
/// 5", "the upper bound is 5".
static bool is_bound_before(const ranking *r, size_t left)
{
    if (left == 0)
        return false;
    size_t before = left - 1;
    return (is_word(r, left, "de als que di do") && is_word(r, before, COMPARATIVES)) ||
           (is_word(r, left, "have has had get gets be") && is_word(r, before, DENIALS)) ||
           (is_word(r, left, "to") && is_word(r, before, "coprime prime")) ||
           (is_word(r, left, "from") && is_word(r, before, "far different")) ||
           (is_word(r, left, "is are be") && is_word(r, before, "bound bounds"));
}

/// One of `words` begins in the first or last `window` bytes of a word without spaces.
static bool has_near(distill_span word, size_t window, bool end, const char *const *words)
{
    size_t cut = word.length > window ? word.length - window : 0;
    if (end)
        word.bytes += cut;
    word.length -= cut;
    for (; *words != NULL; words++)
        if (memmem(word.bytes, word.length, *words, strlen(*words)) != NULL)
            return true;
    return false;
}

/// A word without spaces, as in Chinese, before the number or behind it makes it a bound, rejects or
/// multiplies it: 至少5, 没有赚5, 负5, 5万, 5以上.
static bool is_foreign_bound(const ranking *r, size_t right, size_t left)
{
    static const char *const BEFORE[] = {"至少", "至多", "最多", "超过", "不到", "不足",
                                         "接近", "少于", "多于", "低于", "高于", "大于",
                                         "小于", "起码", "没",   "以上", "以下", NULL};
    static const char *const SIGN[] = {"负", "負", "减", "√", NULL};
    static const char *const BEHIND[] = {"以上", "以下",   "以内",   "的平方", "的立方",
                                         "次方", "的倍数", "的一半", "未满",   NULL};
    static const char *const TIMES[] = {"万", "萬", "亿", "億", "千", "百", "多", NULL};
    static const char *const UNITS[] = {"千米", "千克", "千瓦", "千卡", "百分", "多边", NULL};
    enum { CHARACTER = 3, WINDOW = 6 * CHARACTER }; // bytes
    const sentence_token *a = left == SIZE_MAX ? at(r, SIZE_MAX) : at(r, left), *b = at(r, right);
    if (a->kind == SENTENCE_WORD && ascii_is_foreign(*a->text.bytes) &&
        (has_near(a->text, WINDOW, true, BEFORE) || has_near(a->text, CHARACTER, true, SIGN)))
        return true;
    return b->kind == SENTENCE_WORD && ascii_is_foreign(*b->text.bytes) &&
           (has_near(b->text, WINDOW, false, BEHIND) ||
            (has_near(b->text, CHARACTER, false, TIMES) &&
             !has_near(b->text, 2 * CHARACTER, false, UNITS)));
}

/// The words behind the number go on with an expression: "5 over 2", "5 halves", "5 more than x".
static bool is_begun(const ranking *r, size_t right)
{
    bool operand = is_number(r, right + 1) || is_variable(r, right + 1);
    right += is_sign(r, right, "(") && is_word(r, right + 1, "mod modulo");
    if (is_multiplied(r, right))
        return true;
    if (is_word(r, right,
                "squared cubed factorial halves thirds fifths sixths sevenths eighths "
                "ninths tenths hundredths mod modulo digits") ||
        (is_word(r, right, "over times plus minus") && operand) ||
        (is_word(r, right, "percent") && is_word(r, right + 1, "of")) ||
        (is_word(r, right, "or") && is_word(r, right + 1, "so")) ||
        (is_word(r, right, "to") && is_word(r, right + 1, "the") &&
         (is_word(r, right + 2, "power") || is_word(r, right + 3, "power"))) ||
        (is_word(r, right, "out") && is_word(r, right + 1, "of") && is_number(r, right + 2)) ||
        (is_word(r, right, "in") && is_number(r, right + 1) && right + 2 == r->s->count) ||
        (is_word(r, right, "cases") && is_word(r, right + 1, "to")) ||
        (is_word(r, right, "below") && is_word(r, right + 1, "zero")) ||
        (is_word(r, right + 1, "below") && is_word(r, right + 2, "zero")) ||
        is_word(r, right, "raised gross score give bc bce"))
        return true;
    return is_word(r, right, RELATIVES) && is_word(r, right + 1, "than") &&
           (is_number(r, right + 2) || is_variable(r, right + 2) ||
            is_word(r, right + 2, "twice double half"));
}

/// The number says how long the work took: "in 5 steps", "I solved it in 5 minutes".
static bool is_effort(const ranking *r, size_t i, size_t left)
{
    if (!is_word(r, left, "in within after"))
        return false;
    bool work = left == 0 || is_word(r, i + 1, WORK_UNITS);
    for (size_t k = 0; k < left && !work; k++)
        work = is_word(r, k, WORK);
    for (size_t k = i + 3; left == 0 && k < r->s->count; k++)
        work = work && at(r, k)->kind != SENTENCE_WORD; // "In 5 weeks she …"
    return work;
}

/// The words beside the number make it a bound, a part of an expression, or a ratio.
static bool is_bound(const ranking *r, size_t i, size_t left)
{
    size_t right = i + 1;
    if (is_foreign_bound(r, right, left) || is_bound_behind(r, right) ||
        (left != SIZE_MAX && is_bound_before(r, left)))
        return true;
    if (is_begun(r, right) || (is_sign(r, right, "!") && right + 1 < r->s->count) ||
        (is_word(r, right, "or and") &&
         (is_word(r, right + 1, RELATIVES) ||
          (is_word(r, right + 1, "a") && is_word(r, right + 2, "half third quarter")))) ||
        (is_word(r, right, "to") && is_number(r, right + 1) &&
         (left == SIZE_MAX || !is_word(r, left, "from"))))
        return true;
    if (left == SIZE_MAX)
        return false;
    bool ratio = left == 1 && is_word(r, left, "in") && is_number(r, 0) && i + 1 == r->s->count;
    if (is_word(r, left, BOUND_LEFT) || is_effort(r, i, left) || ratio)
        return true;
    if (left == 0)
        return false;
    bool divides = false;
    for (size_t k = left; k-- > 0 && left - k <= 4;)
        divides = divides || is_word(r, k, BOUND_BY);
    return (is_word(r, left, "of") && is_word(r, left - 1, BOUND_OF)) ||
           (is_word(r, left, "by") && divides) ||
           (is_word(r, left, "to") && (is_word(r, left - 1, "up") || is_number(r, left - 1)) &&
            !(left > 1 && is_word(r, left - 2, "from adds comes sums")));
}

/// A text without spaces that ends with "is not" in Chinese.
static bool ends_with_not(const sentence_token *word)
{
    static const char NOT[] = "不是";
    size_t length = sizeof NOT - 1;
    return word->text.length >= length &&
           memcmp(word->text.bytes + word->text.length - length, NOT, length) == 0;
}

/// The number is one of which something is taken, or is rejected.
static bool is_mention(const ranking *r, size_t i, size_t left, bool the)
{
    if (is_word(r, i + 1, "of") && is_number(r, i + 2))
        return true; // 20% of 50
    if (left == SIZE_MAX)
        return false;
    if (is_word(r, left, NEGATIONS) || ends_with_not(at(r, left)) ||
        (is_word(r, left, "es é") && left > 0 && is_word(r, left - 1, "no não")) ||
        is_word(r, left, "exclude excluding eliminate reject discard") ||
        (is_word(r, left, "out") && left > 0 && is_word(r, left - 1, "rule ruled ruling")) ||
        (is_word(r, left, "like") && left > 0 && is_word(r, left - 1, "nothing not")) ||
        (is_word(r, left, "but") && left > 0 && is_word(r, left - 1, "anything everything all")))
        return true;
    if (is_word(r, left, "of than") && left > 0 &&
        (is_word(r, left - 1, "instead rather out") || is_number(r, left - 1)))
        return true;
    bool number_near = (left > 0 && is_number(r, left - 1)) || (left > 1 && is_number(r, left - 2));
    return is_word(r, left, "of von sur de parmi unter") && (the || number_near);
}

/// The word at `i` ends a term of a calculation: "72 dogs", "5/month".
static bool is_rate(const ranking *r, size_t i)
{
    for (size_t k = i; k > 0 && i - k < 5; k--) {
        if (at(r, k)->kind == SENTENCE_SIGN && !is_sign(r, k, "/"))
            return false;
        if (is_number(r, k - 1))
            return k >= 2 && is_sign(r, k - 2, "+*-/");
    }
    return false;
}

/// The rank that the word or sign at `left` gives to the number after it; `the` is as for left_of.
static rank rank_by_word(const ranking *r, size_t left, bool the)
{
    if (is_sign(r, left, "=:") || is_word(r, left, STATING))
        return RANK_STATED;
    if (is_word(r, left, "to") && left > 0) {
        if (is_number(r, left - 1))
            return RANK_STATED; // "from 12 to 17"
        for (size_t k = left; k-- > 0 && left - k <= 3;)
            if (is_word(r, k, TO_VERBS))
                return RANK_STATED;
    }
    if (is_word(r, left, "with") && left > 0 && is_word(r, left - 1, WITH_VERBS))
        return RANK_STATED;
    if (is_word(r, left, PREPOSITIONS))
        return RANK_CONDITION;
    return the ? RANK_RELATIVE : RANK_PLAIN;
}

static rank rank_of(const ranking *r, size_t i)
{
    bool the;
    if (!is_number(r, i))
        return RANK_WORD;
    size_t left = left_of(r, i, &the);
    if (is_label(r, i, left))
        return RANK_LABEL;
    if (is_operand(r, i, left))
        return RANK_OPERAND;
    if (is_mention(r, i, left, the))
        return RANK_MENTION;
    if (is_bound(r, i, left))
        return RANK_BOUND;
    if (left != SIZE_MAX && is_sign(r, left, "=") && left > 0 &&
        (is_number(r, left - 1) || is_sign(r, left - 1, ")") || is_rate(r, left - 1)))
        return RANK_RESULT;
    if (is_word(r, i + 1, RELATIVES))
        return RANK_RELATIVE;
    if (left == SIZE_MAX && the)
        return RANK_RELATIVE; // "All 12 friends …"
    if (left == SIZE_MAX)
        return r->lead == LEAD_ANNOUNCED ? RANK_STATED : RANK_PLAIN;
    return rank_by_word(r, left, the);
}

/// A number that may be chosen stands in [from, to).
static bool has_candidate(const ranking *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (r->of[i] >= RANK_BOUND)
            return true;
    return false;
}

/// Narrows [*from, *to) to the part of the sentence that states its result.
static void find_statement(const ranking *r, size_t *from, size_t *to)
{
    if (is_word(r, 0, PREPOSITIONS) || is_word(r, 0, REASONS) || is_word(r, 0, "of out"))
        for (size_t i = 1; i < *to; i++)
            if (is_sign(r, i, ",") && has_candidate(r, i, *to)) {
                *from = i + 1;
                break;
            }
    for (size_t i = *to; i-- > *from + 1;)
        if ((is_word(r, i, CONCLUSIONS) ||
             (is_word(r, i, "which that") && is_word(r, i + 1, "is means makes gives leaves"))) &&
            has_candidate(r, i, *to)) {
            *from = i;
            break;
        }
    for (size_t i = *from + 1; i < *to; i++)
        if (is_word(r, i, REASONS) && !is_word(r, i - 1, "and well") &&
            !is_word(r, i + 1, "well") && has_candidate(r, *from, i)) {
            *to = i;
            break;
        }
}

/// The numbers at `i` and `k` are parts of a list: "3 or 5", "3, 5", "3 dogs and 4 cats".
static bool are_joined(const ranking *r, size_t i, size_t k)
{
    size_t joins = 0, others = 0;
    for (size_t j = i + 1; j < k; j++) {
        if (is_word(r, j, JOINS) || is_sign(r, j, ",;-") || is_word(r, j, "well"))
            joins++;
        else if (is_word(r, j, NEGATIONS) || is_word(r, j, SUMMARIES) || r->of[j] >= RANK_MENTION)
            return false;
        else if (!is_word(r, j, FILLERS) && !is_word(r, j, "as") && !is_sign(r, j, "=()[]") &&
                 !is_letter(r, j))
            others++;
    }
    return joins > 0 && others <= 2;
}

/// The last number of the best rank in [from, to); SIZE_MAX if nothing decides.
static size_t choose(const ranking *r, size_t from, size_t to, bool marked)
{
    size_t chosen = SIZE_MAX, rivals = 0;
    for (size_t i = from; i < to; i++) {
        bool candidate = r->of[i] >= RANK_BOUND && (!marked || r->s->at[i].marked);
        if (candidate && (chosen == SIZE_MAX || r->of[i] >= r->of[chosen]))
            chosen = i;
    }
    if (chosen == SIZE_MAX || r->of[chosen] == RANK_BOUND)
        return SIZE_MAX;
    for (size_t i = from; i < to; i++) {
        bool candidate = r->of[i] >= RANK_MENTION && (!marked || r->s->at[i].marked);
        if (!candidate || i == chosen ||
            distill_span_equal(r->s->at[i].text, r->s->at[chosen].text))
            continue;
        bool near = r->of[i] == RANK_BOUND || r->of[i] + 1 >= r->of[chosen];
        if (r->of[i] >= RANK_BOUND && near &&
            (i < chosen ? are_joined(r, i, chosen) : are_joined(r, chosen, i)))
            return SIZE_MAX;
        bool equal = r->of[i] == r->of[chosen] && r->of[chosen] < RANK_STATED;
        bool later = i > chosen && r->of[chosen] < RANK_RESULT && r->of[i] >= RANK_RELATIVE &&
                     r->of[i] != RANK_CONDITION;
        rivals += equal || later || r->of[chosen] == RANK_RELATIVE;
    }
    return rivals == 0 ? chosen : SIZE_MAX;
}

/// Numbers that end the quantity of the number before them count no further: "2 hours 30 minutes".
static void merge_quantities(ranking *r)
{
    for (size_t i = 0; i < r->s->count; i++) {
        if (r->of[i] == RANK_WORD)
            continue;
        size_t k = i + 1;
        while (k < r->s->count && k - i <= 4 && r->of[k] == RANK_WORD)
            k++;
        if (k == r->s->count || r->of[k] == RANK_WORD)
            continue;
        distill_span whole = sentence_quantity(r->text, r->s->at[i].text);
        for (; k < r->s->count && r->s->at[k].text.bytes < whole.bytes + whole.length; k++)
            r->of[k] = RANK_WORD;
    }
}

/// The number with its unit, and with the letter it is assigned to: "x = 7".
static distill_span with_name(const ranking *r, size_t i)
{
    distill_span number = sentence_quantity(r->text, r->s->at[i].text);
    if (i < 2 || !is_sign(r, i - 1, "=") || !is_letter(r, i - 2) ||
        !ascii_is_letter(*r->s->at[i - 2].text.bytes) || is_sign(r, i - 3, "+*/^-=(_\\"))
        return number;
    const char *begin = r->s->at[i - 2].text.bytes;
    return (distill_span){begin, (size_t)(number.bytes + number.length - begin)};
}

/// The last number of the sentence is an operand: the calculation has no result.
static bool is_unfinished(const ranking *r)
{
    for (size_t i = r->s->count; i-- > 0;)
        if (r->of[i] != RANK_WORD)
            return r->of[i] == RANK_OPERAND;
    return false;
}

/// The text has a word of plain language, and no sign of mathematics other than "=".
static bool is_plain(const ranking *r)
{
    bool words = false;
    for (size_t i = 0; i < r->s->count; i++) {
        if (is_sign(r, i, "\\^_{}<>|["))
            return false;
        words = words ||
                (at(r, i)->kind == SENTENCE_WORD && at(r, i)->text.length > 1 &&
                 (!is_word(r, i, JOINS) || is_word(r, i, "plus")) && !is_word(r, i, FUNCTIONS));
    }
    return words;
}

/// The reason behind the statement, from `to` on, ends with a calculation that has another result:
/// "16 because 8 + 24 = 32".
static bool is_contradicted(const ranking *r, size_t chosen, size_t to)
{
    for (size_t i = r->s->count; i-- > to;)
        if (r->of[i] == RANK_RESULT)
            return !distill_span_equal(r->s->at[i].text, r->s->at[chosen].text);
    return false;
}

typedef enum reading { READ_ANY, READ_WORDS } reading;

static sentence_state read_number(distill_span *number, distill_span text, sentence_lead lead,
                                  reading wanted)
{
    sentence s;
    ranking r = {.text = text, .s = &s, .lead = lead};
    sentence_read(&s, text);
    size_t from = 0, to = s.count, marked = 0, numbers = 0, labels = 0;
    size_t conditions = 0;
    bool cases = false, hedged = is_word(&r, 0, "maybe perhaps possibly");
    *number = (distill_span){text.bytes, 0};
    for (size_t i = 0; i < s.count; i++) {
        r.of[i] = rank_of(&r, i);
        labels += r.of[i] == RANK_LABEL;
        cases = cases || is_word(&r, i, "otherwise else");
        conditions += is_word(&r, i, "if when");
        hedged = hedged || is_word(&r, i, "naive");
        r.of[i] = r.of[i] == RANK_LABEL ? RANK_WORD : r.of[i];
        numbers += r.of[i] != RANK_WORD;
        marked += r.of[i] >= RANK_BOUND && s.at[i].marked;
    }
    if (numbers == 0)
        return labels > 0 ? SENTENCE_LABELS : SENTENCE_NONE;
    if (wanted == READ_WORDS && !is_plain(&r))
        return SENTENCE_EXPRESSION;
    if (is_unfinished(&r))
        return SENTENCE_UNFINISHED;
    if (hedged || (numbers > 1 && (cases || conditions > 1)))
        return SENTENCE_UNCLEAR;
    if (numbers > 1)
        merge_quantities(&r);
    if (marked == 0 && numbers > 1)
        find_statement(&r, &from, &to);
    size_t chosen = choose(&r, from, to, marked > 0);
    if (chosen == SIZE_MAX || is_contradicted(&r, chosen, to))
        return SENTENCE_UNCLEAR;
    *number = with_name(&r, chosen);
    return SENTENCE_STATES;
}

sentence_state sentence_number(distill_span *number, distill_span text, sentence_lead lead)
{
    return read_number(number, text, lead, READ_ANY);
}

sentence_state sentence_number_in_words(distill_span *number, distill_span text, sentence_lead lead)
{
    return read_number(number, text, lead, READ_WORDS);
}
