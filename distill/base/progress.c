// distill/base/progress.c - formats done, total, rate and estimated remaining time.
//
// The rate is the average since the start, without the items that an earlier run had done.
#include "distill/base/progress.h"

#include "distill/base/log.h"
#include "distill/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double TERMINAL_PERIOD_S = 0.1;
static const double PLAIN_PERIOD_S = 10.0;
enum { BAR_WIDTH = 16 };

double distill_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void distill_progress_start(distill_progress *bar, const char *what, const char *unit,
                            uint64_t total, uint64_t already_done)
{
    *bar = (distill_progress){.what = what,
                              .unit = unit,
                              .total = total,
                              .first = already_done,
                              .done = already_done,
                              .started_s = distill_now_s(),
                              .terminal = isatty(STDERR_FILENO)};
    bar->shown_s = bar->started_s;
}

static void format_duration(char *buffer, size_t capacity, double seconds)
{
    long s = (long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(buffer, capacity, "%ldh%02ldm", s / 3600, s / 60 % 60);
    else if (s >= 60)
        snprintf(buffer, capacity, "%ldm%02lds", s / 60, s % 60);
    else
        snprintf(buffer, capacity, "%lds", s);
}

static void draw_bar(char *buffer, double share)
{
    int full = (int)(share * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++)
        buffer[i] = i < full ? '#' : '-';
    buffer[BAR_WIDTH] = '\0';
}

static void show(const distill_progress *bar, const char *extra)
{
    char blocks[BAR_WIDTH + 1], done[32], total[32], eta[32] = "", line[768];
    distill_text shown = {0};
    double seconds = distill_now_s() - bar->started_s;
    double rate = seconds > 0 ? (double)(bar->done - bar->first) / seconds : 0;
    double share = bar->total > 0 ? (double)bar->done / (double)bar->total : 0;
    if (rate > 0 && bar->total >= bar->done)
        format_duration(eta, sizeof eta, (double)(bar->total - bar->done) / rate);
    draw_bar(blocks, share < 1 ? share : 1);
    distill_format_count(done, sizeof done, bar->done);
    distill_format_count(total, sizeof total, bar->total);
    snprintf(line, sizeof line, "%s %s %s/%s %s  %.*f/s%s%s%s%s", bar->what, blocks, done, total,
             bar->unit, rate < 10 ? 1 : 0, rate, extra[0] != '\0' ? "  " : "", extra,
             eta[0] != '\0' ? "  eta " : "", eta);
    if (distill_text_add_shown(&shown, distill_span_of(line), DISTILL_ONE_LINE) == DISTILL_OK)
        fprintf(stderr, "%s%s%s", bar->terminal ? "\r\033[K" : "",
                shown.bytes != NULL ? shown.bytes : "", bar->terminal ? "" : "\n");
    fflush(stderr);
    distill_text_free(&shown);
}

void distill_progress_update(distill_progress *bar, uint64_t done, const char *format, ...)
{
    char extra[256] = "";
    double now = distill_now_s();
    bar->done = done;
    if (distill_log_is_quiet() ||
        now - bar->shown_s < (bar->terminal ? TERMINAL_PERIOD_S : PLAIN_PERIOD_S))
        return;
    if (format != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(extra, sizeof extra, format, args);
        va_end(args);
    }
    bar->shown_s = now;
    show(bar, extra);
}

void distill_progress_finish(distill_progress *bar)
{
    if (bar->terminal && bar->shown_s > bar->started_s)
        fprintf(stderr, "\r\033[K");
}
