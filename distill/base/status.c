// distill/base/status.c - the message of the thread's last failure, in a thread-local buffer.
//
// Nothing is allocated, so that NO_MEMORY can be reported. Longer messages are truncated.
#define DISTILL_STATUS_C
#include "distill/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[DISTILL_ERROR_CAPACITY];

distill_status distill_fail(distill_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return status;
}

distill_status distill_fail_errno(distill_status status, const char *format, ...)
{
    int error = errno;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length >= 0 && (size_t)length < sizeof message)
        snprintf(message + length, sizeof message - (size_t)length, ": %s", strerror(error));
    return status;
}

distill_status distill_fail_context(distill_status status, const char *format, ...)
{
    char context[DISTILL_ERROR_CAPACITY], old[DISTILL_ERROR_CAPACITY];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof context, format, args);
    va_end(args);
    memcpy(old, message, sizeof old);
    int length = snprintf(message, sizeof message, "%s: ", context);
    if (length >= 0 && (size_t)length < sizeof message)
        snprintf(message + length, sizeof message - (size_t)length, "%s", old);
    return status;
}

const char *distill_error_message(void)
{
    return message;
}

void distill_error_take(char *buffer, size_t capacity)
{
    snprintf(buffer, capacity, "%s", message);
}

void distill_error_put(const char *text)
{
    snprintf(message, sizeof message, "%s", text);
}

const char *distill_status_name(distill_status status)
{
    switch (status) {
#define STATUS_NAME(name, value, text)                                                             \
    case DISTILL_##name:                                                                           \
        return #name;
        DISTILL_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
    }
    return "?";
}

const char *distill_status_text(distill_status status)
{
    switch (status) {
#define STATUS_TEXT(name, value, text)                                                             \
    case DISTILL_##name:                                                                           \
        return text;
        DISTILL_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    }
    return "?";
}
