// datasets/verify/math/words/unit.c - the table of units, and the reader of phrases with units.
//
// A phrase is a product of units: "per" and "/" make the following ones divisors, "square" and
// "cubic" raise the next one to a power, "^n" and "squared" the last one. One unknown word makes
// the whole phrase a noun.
#include "datasets/verify/math/words/unit.h"

#include "datasets/verify/ascii.h"

#include <stdlib.h>
#include <string.h>

enum { METRE, KILOGRAM, SECOND, DOLLAR, KELVIN, AMPERE, ANGLE, BIT, YUAN, MONTH };

typedef struct unit_row {
    const char *names; // separated by spaces
    int8_t dimension[UNIT_DIMENSIONS];
    int64_t num, den;
} unit_row;

#define ONE_OF(which)                                                                              \
    {                                                                                              \
        [which] = 1                                                                                \
    }

// clang-format off
static const unit_row UNITS[] = {
    {"m meter meters metre metres 米", ONE_OF(METRE), 1, 1},
    {"mm millimeter millimeters millimetre millimetres 毫米", ONE_OF(METRE), 1, 1000},
    {"cm centimeter centimeters centimetre centimetres 厘米", ONE_OF(METRE), 1, 100},
    {"dm decimeter decimeters 分米", ONE_OF(METRE), 1, 10},
    {"km kilometer kilometers kilometre kilometres 千米 公里", ONE_OF(METRE), 1000, 1},
    {"nm nanometer nanometers", ONE_OF(METRE), 1, 1000000000},
    {"in inch inches", ONE_OF(METRE), 127, 5000},
    {"ft foot feet", ONE_OF(METRE), 381, 1250},
    {"yd yds yard yards", ONE_OF(METRE), 1143, 1250},
    {"mi mile miles", ONE_OF(METRE), 201168, 125},
    {"g gram grams 克", ONE_OF(KILOGRAM), 1, 1000},
    {"mg milligram milligrams 毫克", ONE_OF(KILOGRAM), 1, 1000000},
    {"kg kilogram kilograms kilo kilos 千克 公斤", ONE_OF(KILOGRAM), 1, 1},
    {"oz ounce ounces", ONE_OF(KILOGRAM), 45359237, 1600000000},
    {"lb lbs pound pounds", ONE_OF(KILOGRAM), 45359237, 100000000},
    {"s sec secs second seconds 秒", ONE_OF(SECOND), 1, 1},
    {"ms millisecond milliseconds", ONE_OF(SECOND), 1, 1000},
    {"min mins minute minutes 分钟", ONE_OF(SECOND), 60, 1},
    {"h hr hrs hour hours 小时", ONE_OF(SECOND), 3600, 1},
    {"day days 天", ONE_OF(SECOND), 86400, 1},
    {"week weeks 周 星期", ONE_OF(SECOND), 604800, 1},
    {"month months", ONE_OF(MONTH), 1, 1},
    {"year years yr yrs", ONE_OF(MONTH), 12, 1},
    {"decade decades", ONE_OF(MONTH), 120, 1},
    {"century centuries", ONE_OF(MONTH), 1200, 1},
    {"dollar dollars usd USD bucks 美元", ONE_OF(DOLLAR), 1, 1},
    {"cent cents", ONE_OF(DOLLAR), 1, 100},
    {"degree degrees deg 度", ONE_OF(ANGLE), 1, 1},
    {"l liter liters litre litres L 升", {[METRE] = 3}, 1, 1000},
    {"ml mL milliliter milliliters millilitre millilitres cc 毫升", {[METRE] = 3}, 1, 1000000},
    {"Hz hertz", {[SECOND] = -1}, 1, 1},
    {"mph", {[METRE] = 1, [SECOND] = -1}, 1397, 3125},
    {"kph kmh", {[METRE] = 1, [SECOND] = -1}, 5, 18},
    {"N newton newtons", {[METRE] = 1, [KILOGRAM] = 1, [SECOND] = -2}, 1, 1},
    {"J joule joules", {[METRE] = 2, [KILOGRAM] = 1, [SECOND] = -2}, 1, 1},
    {"kJ kilojoule kilojoules", {[METRE] = 2, [KILOGRAM] = 1, [SECOND] = -2}, 1000, 1},
    {"W watt watts", {[METRE] = 2, [KILOGRAM] = 1, [SECOND] = -3}, 1, 1},
    {"kW kilowatt kilowatts", {[METRE] = 2, [KILOGRAM] = 1, [SECOND] = -3}, 1000, 1},
    {"Pa pascal pascals", {[METRE] = -1, [KILOGRAM] = 1, [SECOND] = -2}, 1, 1},
    {"A amp amps ampere amperes", ONE_OF(AMPERE), 1, 1},
    {"C coulomb coulombs", {[AMPERE] = 1, [SECOND] = 1}, 1, 1},
    {"V volt volts", {[METRE] = 2, [KILOGRAM] = 1, [SECOND] = -3, [AMPERE] = -1}, 1, 1},
    {"K kelvin kelvins", ONE_OF(KELVIN), 1, 1},
    {"yuan rmb RMB 元 人民币", ONE_OF(YUAN), 1, 1},
    {"角", ONE_OF(YUAN), 1, 10},
    {"平方米", {[METRE] = 2}, 1, 1},
    {"平方分米", {[METRE] = 2}, 1, 100},
    {"平方厘米", {[METRE] = 2}, 1, 10000},
    {"立方米", {[METRE] = 3}, 1, 1},
    {"立方厘米", {[METRE] = 3}, 1, 1000000},
    {"bit bits", ONE_OF(BIT), 1, 1},
    {"byte bytes", ONE_OF(BIT), 8, 1},
};
// clang-format on

/// The word is `name`; case matters in names of one or two letters ("N" is not "n").
static bool is_name(distill_span word, const char *name, size_t length)
{
    if (word.length != length || ascii_lower(*word.bytes) != ascii_lower(*name))
        return false;
    return length > 2 ? strncasecmp(word.bytes, name, length) == 0
                      : memcmp(word.bytes, name, length) == 0;
}

/// The word is one of `names`, which are separated by spaces.
static bool is_among(distill_span word, const char *names)
{
    while (*names != '\0') {
        const char *end = strchrnul(names, ' ');
        if (is_name(word, names, (size_t)(end - names)))
            return true;
        names = *end == ' ' ? end + 1 : end;
    }
    return false;
}

static const unit_row *find_unit(distill_span word)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (is_among(word, UNITS[i].names))
            return &UNITS[i];
    return NULL;
}

bool unit_is_word(distill_span word)
{
    return word.length >= 2 && find_unit(word) != NULL;
}

bool unit_counts_months(const unit *u)
{
    return u->dimension[MONTH] != 0;
}

bool unit_is_kelvin(const unit *u)
{
    static const int8_t KELVINS[UNIT_DIMENSIONS] = {[KELVIN] = 1};
    return u->known && memcmp(u->dimension, KELVINS, sizeof KELVINS) == 0;
}

int64_t unit_multiplier(distill_span word)
{
    static const struct {
        const char *names;
        int64_t value;
    } ROWS[] = {
        {"dozen dozens", 12},
        {"tens", 10},
        {"hundred hundreds", 100},
        {"thousand thousands", 1000},
        {"lakh lakhs", 100000},
        {"million millions mn", 1000000},
        {"crore crores", 10000000},
        {"billion billions bn", 1000000000},
        {"trillion trillions tn", 1000000000000},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (is_among(word, ROWS[i].names))
            return ROWS[i].value;
    return 0;
}

/// A letter of any script.
static bool is_letter(char c)
{
    return ascii_is_letter(c) || ascii_is_foreign(c);
}

/// The next word of the phrase, or a sign / ^ -, or a digit; commands, braces and spaces are
/// skipped.
static bool next_part(distill_span *part, distill_span *rest)
{
    while (rest->length > 0) {
        size_t length = 1;
        char c = *rest->bytes;
        if (c == '\\') {
            while (length < rest->length && ascii_is_letter(rest->bytes[length]))
                length++;
            length = length == 1 && rest->length > 1 ? 2 : length; // \, \;
        } else if (is_letter(c)) {
            while (length < rest->length && is_letter(rest->bytes[length]))
                length++;
        }
        *part = (distill_span){rest->bytes, length};
        rest->bytes += length;
        rest->length -= length;
        if (is_letter(c) || strchr("/^-0123456789", c) != NULL)
            return true;
    }
    return false;
}

/// *u times row^power; false if it grows too large.
static bool multiply_unit(unit *u, const unit_row *row, int power)
{
    for (int i = 0; i < UNIT_DIMENSIONS; i++) {
        int sum = u->dimension[i] + row->dimension[i] * power;
        if (sum < -30 || sum > 30)
            return false;
        u->dimension[i] = (int8_t)sum;
    }
    for (int i = 0; i < (power < 0 ? -power : power); i++) {
        int64_t up = power < 0 ? row->den : row->num, down = power < 0 ? row->num : row->den;
        if (__builtin_mul_overflow(u->num, up, &u->num) ||
            __builtin_mul_overflow(u->den, down, &u->den))
            return false;
    }
    return true;
}

/// Reads the power after a unit: ^2, ^-1; 1 if there is none.
static int read_power(distill_span *rest)
{
    distill_span after = *rest, part;
    int sign = 1;
    if (!next_part(&part, &after) || *part.bytes != '^' || !next_part(&part, &after))
        return 1;
    if (*part.bytes == '-') {
        sign = -1;
        if (!next_part(&part, &after))
            return 1;
    }
    if (*part.bytes < '1' || *part.bytes > '9')
        return 1;
    *rest = after;
    return sign * (*part.bytes - '0');
}

/// A phrase that is being read.
typedef struct reading {
    unit u;
    const unit_row *last; // the unit read last, for "squared"
    int side;             // 1, or -1 after "per"
    int prefix;           // 2 after "square", 3 after "cubic", else 1
    bool begun;           // a part has been read
} reading;

/// What a word that is no unit does to the number before it.
typedef enum word_effect {
    BOUNDS,      // the number is a bound
    OPENS,       // the value is not known
    OPENS_AT_END // the same, unless a word follows it: "5 in binary", but not "5 binary strings"
} word_effect;

/// The words that change what a number means, in the order of their bytes.
typedef struct changing_word {
    const char *word;
    word_effect effect;
} changing_word;

// clang-format off
static const changing_word CHANGING[] = {
    {"above", BOUNDS}, {"ago", OPENS}, {"among", OPENS}, {"any", OPENS}, {"approximately", OPENS},
    {"base", OPENS}, {"basis", OPENS}, {"bc", OPENS}, {"bce", OPENS}, {"below", BOUNDS},
    {"binary", OPENS_AT_END}, {"bps", OPENS}, {"can", OPENS}, {"cannot", OPENS}, {"couple", OPENS},
    {"couples", OPENS}, {"cubed", OPENS}, {"debt", OPENS}, {"deficit", OPENS}, {"depending", OPENS},
    {"didn", OPENS}, {"discarded", OPENS}, {"does", OPENS}, {"doesn", OPENS}, {"don", OPENS},
    {"doubled", OPENS}, {"down", OPENS}, {"eighths", OPENS}, {"eliminated", OPENS}, {"etc", OPENS},
    {"example", OPENS}, {"except", BOUNDS}, {"excluded", OPENS}, {"extraneous", OPENS},
    {"factorial", OPENS}, {"fail", OPENS}, {"failed", OPENS}, {"fails", OPENS}, {"false", OPENS},
    {"fewer", BOUNDS}, {"fifths", OPENS}, {"fourths", OPENS}, {"grand", OPENS}, {"greater", BOUNDS},
    {"gross", OPENS}, {"halbe", OPENS}, {"half", OPENS}, {"halved", OPENS}, {"halves", OPENS},
    {"hex", OPENS}, {"hexadecimal", OPENS}, {"hundredths", OPENS}, {"if", OPENS},
    {"impossible", OPENS}, {"incorrect", OPENS}, {"invalid", OPENS}, {"inverse", OPENS},
    {"inverted", OPENS}, {"ish", OPENS}, {"isn", OPENS}, {"larger", BOUNDS}, {"least", BOUNDS},
    {"less", BOUNDS}, {"likely", OPENS}, {"loss", OPENS}, {"lower", BOUNDS}, {"max", BOUNDS},
    {"maximum", BOUNDS}, {"maybe", OPENS}, {"mil", OPENS}, {"mila", OPENS}, {"milhares", OPENS},
    {"milioni", OPENS}, {"mille", OPENS}, {"milliard", OPENS}, {"milliarden", OPENS},
    {"milliards", OPENS}, {"milliers", OPENS}, {"millionen", OPENS}, {"millon", OPENS},
    {"millones", OPENS}, {"minimum", BOUNDS}, {"minus", OPENS}, {"mio", OPENS}, {"mln", OPENS},
    {"mod", OPENS}, {"modulo", OPENS}, {"more", BOUNDS}, {"most", BOUNDS}, {"mrd", OPENS},
    {"negated", OPENS}, {"negative", OPENS_AT_END}, {"neither", OPENS}, {"never", BOUNDS},
    {"ninths", OPENS}, {"no", OPENS}, {"none", OPENS}, {"nor", OPENS}, {"not", BOUNDS},
    {"octal", OPENS_AT_END}, {"off", OPENS_AT_END}, {"often", OPENS}, {"over", BOUNDS},
    {"pair", OPENS}, {"pairs", OPENS}, {"perhaps", OPENS}, {"permille", OPENS}, {"plus", OPENS},
    {"possibly", OPENS}, {"ppm", OPENS}, {"probably", OPENS}, {"quadrupled", OPENS},
    {"radix", OPENS}, {"raised", OPENS}, {"reciprocal", OPENS}, {"rejected", OPENS},
    {"root", OPENS}, {"roughly", OPENS}, {"score", OPENS}, {"scores", OPENS}, {"sevenths", OPENS},
    {"short", OPENS_AT_END}, {"sixths", OPENS}, {"smaller", BOUNDS}, {"some", OPENS},
    {"sometimes", OPENS}, {"squared", OPENS}, {"tausend", OPENS}, {"ten", OPENS}, {"tenths", OPENS},
    {"than", BOUNDS}, {"think", OPENS}, {"thirds", OPENS}, {"thousandths", OPENS}, {"too", OPENS},
    {"tripled", OPENS}, {"twelfths", OPENS}, {"under", BOUNDS}, {"unless", OPENS},
    {"unlikely", OPENS}, {"up", OPENS}, {"upper", BOUNDS}, {"usually", OPENS}, {"wasn", OPENS},
    {"won", OPENS}, {"wrong", OPENS}, {"миллиард", OPENS}, {"миллион", OPENS},
    {"миллиона", OPENS}, {"миллионов", OPENS}, {"млн", OPENS},
    {"млрд", OPENS}, {"тыс", OPENS}, {"тысяч", OPENS}, {"тысяча", OPENS},
    {"тысячи", OPENS},
};
// clang-format on

static int compare_changing(const void *key, const void *row)
{
    const distill_span *word = key;
    const char *known = ((const changing_word *)row)->word;
    int order = strncasecmp(word->bytes, known, word->length);
    return order != 0 ? order : known[word->length] != '\0' ? -1 : 0;
}

/// The text has another word.
static bool has_word(distill_span rest)
{
    for (size_t i = 0; i < rest.length; i++)
        if (is_letter(rest.bytes[i]))
            return true;
    return false;
}

/// The word leaves the value open: not "squared" behind a unit.
static bool opens(const reading *r, const changing_word *changing, distill_span part,
                  distill_span rest)
{
    if (changing->effect == OPENS_AT_END && has_word(rest))
        return false;
    return r->last == NULL || !is_among(part, "squared cubed");
}

/// The word begins with a Chinese or Korean power of ten, or is the per mille sign.
static bool is_foreign_factor(distill_span word)
{
    static const char FACTORS[] = "万亿千百十兆億萬만억천백조‰";
    if (!ascii_is_foreign(*word.bytes) || word.length < 3)
        return false;
    for (size_t i = 0; i + 3 < sizeof FACTORS; i += 3)
        if (memcmp(word.bytes, FACTORS + i, 3) == 0)
            return true;
    return false;
}

/// A letter that is no unit, but a variable or stands for a thousand or a million.
static bool is_variable(distill_span word, bool first)
{
    return word.length == 1 && (strchr("bcefijknqruvwxyz", *word.bytes) != NULL ||
                                (first && ascii_is_capital(*word.bytes)));
}

static void read_part(reading *r, distill_span part, distill_span *rest)
{
    const unit_row *row = find_unit(part);
    const changing_word *changing =
        row != NULL ? NULL
                    : bsearch(&part, CHANGING, sizeof CHANGING / sizeof *CHANGING, sizeof *CHANGING,
                              compare_changing);
    bool first = !r->begun;
    r->begun = true;
    if (changing != NULL && changing->effect == BOUNDS)
        r->u.bound = true;
    else if (changing != NULL)
        r->u.open = r->u.open || opens(r, changing, part, *rest);
    else if (row == NULL)
        r->u.open = r->u.open || is_foreign_factor(part) || is_variable(part, first) ||
                    (first && is_among(part, "to at is point"));
    if (*part.bytes == '/' || is_among(part, "per an each")) {
        r->side = -1;
    } else if (is_among(part, "square sq")) {
        r->prefix = 2;
    } else if (is_among(part, "cubic cu")) {
        r->prefix = 3;
    } else if (row != NULL) {
        r->u.known =
            r->u.known && multiply_unit(&r->u, row, r->side * r->prefix * read_power(rest));
        r->prefix = 1;
        r->last = row;
    } else if (is_among(part, "squared") && r->last != NULL) {
        r->u.known = r->u.known && multiply_unit(&r->u, r->last, r->side);
    } else {
        r->u.known = false;
    }
}

unit unit_read(distill_span phrase)
{
    reading r = {.u = {.known = true, .num = 1, .den = 1}, .side = 1, .prefix = 1};
    distill_span rest = phrase, part;
    while (next_part(&part, &rest))
        read_part(&r, part, &rest);
    r.u.known = r.u.known && r.last != NULL;
    return r.u;
}
