// distill/base/log.c - notes on stderr, events as JSON lines in the log file.
//
// An event is composed in memory and written with one call under a lock, so that lines of several
// threads do not mix. Each line is flushed, so that other programs can follow the file.
#include "distill/base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { NOTE_BYTES = 2048 };

static FILE *log_stream;
static bool quiet_notes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

distill_status distill_log_open(const char *log_file, bool quiet)
{
    quiet_notes = quiet;
    if (log_file == NULL)
        return DISTILL_OK;
    log_stream = fopen(log_file, "ae");
    if (log_stream == NULL)
        return distill_fail_errno(DISTILL_IO, "--log-file %s", log_file);
    return DISTILL_OK;
}

void distill_log_close(void)
{
    pthread_mutex_lock(&lock);
    if (log_stream != NULL)
        fclose(log_stream);
    log_stream = NULL;
    pthread_mutex_unlock(&lock);
}

bool distill_log_is_quiet(void)
{
    return quiet_notes;
}

static double wall_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long milliseconds = now.tv_nsec / 1000000;
    return (double)now.tv_sec + (double)milliseconds * 1e-3;
}

bool distill_event_begin(distill_event *event, const char *name)
{
    if (log_stream == NULL)
        return false;
    *event = (distill_event){.json.out = &event->line};
    distill_json_begin_object(&event->json, NULL);
    distill_json_add_fixed(&event->json, "time", wall_clock_s(), 3);
    distill_json_add_string(&event->json, "event", name);
    return true;
}

void distill_event_end(distill_event *event)
{
    distill_json_end_object(&event->json);
    if (distill_json_finish_line(&event->json) == DISTILL_OK) {
        pthread_mutex_lock(&lock);
        if (log_stream != NULL) {
            fwrite(event->line.bytes, 1, event->line.length, log_stream);
            fflush(log_stream);
        }
        pthread_mutex_unlock(&lock);
    }
    distill_text_free(&event->line);
}

void distill_log_print(const char *prefix, const char *text)
{
    distill_text line = {0};
    distill_status status = distill_text_add(&line, prefix);
    if (status == DISTILL_OK)
        status = distill_text_add_shown(&line, distill_span_of(text), DISTILL_ONE_LINE);
    if (status == DISTILL_OK)
        status = distill_text_add_char(&line, '\n');
    if (status == DISTILL_OK)
        fwrite(line.bytes, 1, line.length, stderr);
    distill_text_free(&line);
}

static void write_note(const char *event_name, const char *text)
{
    distill_event event;
    if (distill_event_begin(&event, event_name)) {
        distill_json_add_string(&event.json, "text", text);
        distill_event_end(&event);
    }
}

void distill_note(const char *format, ...)
{
    char text[NOTE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!quiet_notes)
        distill_log_print("", text);
    write_note("note", text);
}

void distill_warn(const char *format, ...)
{
    char text[NOTE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    distill_log_print("warning: ", text);
    write_note("warning", text);
}
