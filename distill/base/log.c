// distill/base/log.c - notes for people, events for machines.
#include "distill/base/log.h"

#include "distill/base/json/json_writer.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static FILE *events;
static bool quiet_notes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

distill_status distill_log_open(const char *log_file, bool quiet)
{
    quiet_notes = quiet;
    if (log_file == NULL)
        return DISTILL_OK;
    events = fopen(log_file, "ae");
    if (events == NULL)
        return distill_fail_errno(DISTILL_IO, "--log-file %s", log_file);
    return DISTILL_OK;
}

void distill_log_close(void)
{
    pthread_mutex_lock(&lock);
    if (events != NULL)
        fclose(events);
    events = NULL;
    pthread_mutex_unlock(&lock);
}

bool distill_log_is_quiet(void)
{
    return quiet_notes;
}

static void write_event(const char *name, const char *fields)
{
    struct timespec now;
    if (events == NULL)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    pthread_mutex_lock(&lock);
    fprintf(events, "{\"time\":%lld.%03ld,\"event\":\"%s\"%s%s}\n", (long long)now.tv_sec,
            now.tv_nsec / 1000000, name, fields[0] != '\0' ? "," : "", fields);
    fflush(events);
    pthread_mutex_unlock(&lock);
}

static void say(const char *prefix, const char *event, bool show, const char *text)
{
    if (show)
        fprintf(stderr, "%s%s\n", prefix, text);
    if (events == NULL)
        return;
    distill_text fields = {0};
    if (distill_text_add(&fields, "\"text\":") == DISTILL_OK &&
        distill_json_write_string(&fields, distill_span_of(text)) == DISTILL_OK)
        write_event(event, fields.bytes);
    distill_text_free(&fields);
}

void distill_note(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say("", "note", !quiet_notes, text);
}

void distill_warn(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say("warning: ", "warning", true, text);
}

void distill_event(const char *name, const char *fields, ...)
{
    char text[4096];
    va_list args;
    if (events == NULL)
        return;
    va_start(args, fields);
    vsnprintf(text, sizeof text, fields, args);
    va_end(args);
    write_event(name, text);
}
