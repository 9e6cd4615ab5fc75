// bench/perf/verifier_speed.c - measures how many answers one core checks per second, for each kind
// of answer.
//
// Every check reads a reply of about one kilobyte, finds the answer in it and compares it.
#include "bench/perf/usage.h"
#include "datasets/verify/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char USAGE[] = "usage: verifier_speed [SECONDS]\n"
                            "Prints for each kind of answer: checks a second, and the median, the "
                            "99th percentile and the slowest of\n"
                            "single checks, all of one core.\n"
                            "  SECONDS   time of each kind (default 0.3)\n";

enum { SAMPLES = 20000, PAIRS = 4 };

typedef struct kind {
    const char *name;
    const char *pair[PAIRS][2]; // reference answer, answer
} kind;

// clang-format off
static const kind KINDS[] = {
    {"whole numbers",  {{"72", "72"}, {"1000", "1,000"}, {"-18", "-81"}, {"336", "$336$"}}},
    {"fractions",      {{"\\frac{3}{8}", "3/8"}, {"0.75", "\\frac34"}, {"\\frac{270}7", "\\frac{270}{7}"}, {"12\\frac{3}{5}", "63/5"}}},
    {"roots and pi",   {{"\\frac{\\sqrt3}{3}", "\\frac{1}{\\sqrt3}"}, {"288\\pi", "288 \\pi"}, {"6-5i", "-5i+6"}, {"3\\sqrt{13}", "\\sqrt{117}"}}},
    {"polynomials",    {{"x^3+3x-6", "3x-6+x^3"}, {"(a+5)(b+2)", "ab+2a+5b+10"}, {"2k+2", "2(k+1)"}, {"16m^2-8mn+n^2", "(4m-n)^2"}}},
    {"functions",      {{"\\cot x", "\\frac{\\cos x}{\\sin x}"}, {"\\tan^2 y+1", "\\sec^2 y"}, {"\\ln(x^2)", "2\\ln x"}, {"e^{2x}", "(e^x)^2"}}},
    {"tuples, lists",  {{"(15,-29)", "(15, -29)"}, {"3, 5, 7", "7, 5, 3"}, {"1 \\pm \\sqrt{19}", "1-\\sqrt{19}, 1+\\sqrt{19}"}, {"(3,\\frac{\\pi}{2})", "(3, \\pi/2)"}}},
    {"sets of reals",  {{"(3,4]", "3 < x \\le 4"}, {"(-\\infty,2)\\cup(2,3]", "x \\le 3, x \\ne 2"}, {"x \\ge 2", "[2,\\infty)"}, {"\\{1,3,5\\}", "\\{5, 3, 1\\}"}}},
    {"matrices",       {{"\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "\\left[\\begin{array}{cc}1&2\\\\3&4\\end{array}\\right]"},
                        {"\\begin{pmatrix} -1/3 \\\\ 2/3 \\\\ 5/3 \\end{pmatrix}", "\\frac13\\begin{pmatrix} -1 \\\\ 2 \\\\ 5 \\end{pmatrix}"},
                        {"\\begin{pmatrix} -2 \\\\ -14 \\end{pmatrix}", "(-2,-14)"}, {"\\begin{pmatrix} 1 \\end{pmatrix}", "\\begin{pmatrix} 2 \\end{pmatrix}"}}},
    {"equations",      {{"y=2x+3", "y-2x-3=0"}, {"2x+4y-3=0", "y=-\\frac12x+\\frac34"}, {"x^2+y^2=4", "x^2+y^2=2"}, {"x=5", "5"}}},
    {"quantities",     {{"15\\text{ cm}^2", "15"}, {"\\$32,\\!348", "32348"}, {"10\\%", "0.1"}, {"90^\\circ", "\\frac{\\pi}{2}"}}},
    {"hostile",        {{"9^{9^{9^9}}", "9^{9^{9^{9^9}}}"}, {"\\frac{1}{2004!}", "\\frac{1}{2006!}"}, {"2^{20000}", "2^{20001}"},
                        {"((((((((((1+\\sqrt2)^2)^2)^2)^2)^2)^2)^2)^2)^2)^2", "1"}}},
};
// clang-format on

/// Processor time of this thread: other programs on the machine do not matter.
static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static char *reply_with(const char *answer)
{
    static const char STEP[] =
        "We have $a_n = 3 \\cdot 2^n$, so each step doubles the one before. ";
    enum { STEPS = 14, STEP_LENGTH = sizeof STEP - 1, ROOM = 2048 };
    char *reply = malloc(ROOM);
    if (reply == NULL)
        abort();
    for (size_t i = 0; i < STEPS; i++)
        memcpy(reply + i * STEP_LENGTH, STEP, STEP_LENGTH);
    snprintf(reply + STEPS * STEP_LENGTH, ROOM - STEPS * STEP_LENGTH,
             "\n\nTherefore the answer is $\\boxed{%s}$.", answer);
    return reply;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(const kind *k, double seconds)
{
    static double taken[SAMPLES];
    char *reply[PAIRS];
    verdict v = {0};
    size_t checks = 0;
    for (int i = 0; i < PAIRS; i++)
        reply[i] = reply_with(k->pair[i][1]);
    double start = now_seconds(), end = start;
    while (end - start < seconds && checks < SAMPLES) {
        int i = (int)(checks % PAIRS);
        if (verdict_math(&v, distill_span_of(k->pair[i][0]), distill_span_of(reply[i])) !=
            DISTILL_OK)
            abort();
        double before = end;
        end = now_seconds();
        taken[checks++] = end - before;
    }
    verdict_free(&v);
    for (int i = 0; i < PAIRS; i++)
        free(reply[i]);
    qsort(taken, checks, sizeof *taken, by_value);
    printf("%-15s %10.0f checks/s   median %7.2f us   p99 %7.2f us   slowest %8.2f us\n", k->name,
           (double)checks / (end - start), taken[checks / 2] * 1e6, taken[checks * 99 / 100] * 1e6,
           taken[checks - 1] * 1e6);
}

int main(int argc, char **argv)
{
    usage_check(argc, argv, 0, 1, USAGE);
    double seconds = usage_number(argc, argv, 1, 0.3, 0.001, 60, USAGE);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        measure(&KINDS[i], seconds);
    return 0;
}
