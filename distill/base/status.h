// distill/base/status.h - status codes with a message, and the macro TRY.
//
//     distill_status status = DISTILL_OK;
//     TRY(distill_file_read(&text, path, 1 << 20));
//     if (text.length == 0)
//         TRY(distill_fail(DISTILL_FORMAT, "%s: the file is empty; was it copied completely?",
//                          path));
// done:
//     distill_text_free(&text);
//     return status;
//
// Messages: location (file:line or JSON path), what was expected, what was found, how to fix it.
// Threads:  each thread has its own message. distill_error_take() and distill_error_put() move the
//           message of a worker to the thread that waits for it.
#ifndef DISTILL_BASE_STATUS_H
#define DISTILL_BASE_STATUS_H

#include <stddef.h>

#define DISTILL_STATUS_LIST(X)                                                                     \
    X(OK, 0, "success")                                                                            \
    X(NO_MEMORY, 10, "out of memory")                                                              \
    X(USAGE, 11, "wrong use of an option")                                                         \
    X(FORMAT, 12, "input is not in the expected format")                                           \
    X(IO, 13, "a file could not be read or written")                                               \
    X(UNSUPPORTED, 14, "not supported")                                                            \
    X(LIMIT, 15, "a stated limit would be exceeded")                                               \
    X(REMOTE, 16, "the teacher endpoint refused or failed")                                        \
    X(INTERRUPTED, 17, "interrupted; the work so far is saved")                                    \
    X(MISMATCH, 18, "settings differ from those of the existing output")                           \
    X(NUMERIC, 19, "a number is not finite")                                                       \
    X(INTERNAL, 20, "internal error: an assumption of the program does not hold")

typedef enum distill_status {
#define DISTILL_STATUS_ENUM(name, value, text) DISTILL_##name = value,
    DISTILL_STATUS_LIST(DISTILL_STATUS_ENUM)
#undef DISTILL_STATUS_ENUM
} distill_status;

#define DISTILL_MUST_CHECK __attribute__((warn_unused_result))
#define DISTILL_PRINTF(text, first) __attribute__((format(printf, text, first)))

/// Stores the message for this thread and returns `status`: code and message are set together.
distill_status distill_fail(distill_status status, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// Like distill_fail(), with ": " and the text of `errno` appended.
distill_status distill_fail_errno(distill_status status, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// Prepends "CONTEXT: " to the message of a failure that is being returned; returns `status`
/// unchanged.
distill_status distill_fail_context(distill_status status, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

/// The message of this thread's last failure; borrowed, valid until the next failure.
const char *distill_error_message(void);

/// Copies this thread's message into `buffer`, from which another thread calls distill_error_put().
void distill_error_take(char *buffer, size_t capacity);

/// Makes `message` this thread's last failure.
void distill_error_put(const char *message);

/// Name and description of a status, for logs.
const char *distill_status_name(distill_status status);
const char *distill_status_text(distill_status status);

enum { DISTILL_ERROR_CAPACITY = 2048 };

/// If `expression` fails, stores its status in `status` and goes to `done`. No other macro of the
/// tree changes control flow.
#define TRY(expression)                                                                            \
    do {                                                                                           \
        status = (expression);                                                                     \
        if (status != DISTILL_OK)                                                                  \
            goto done;                                                                             \
    } while (0)

#if defined(__clang_analyzer__) && !defined(DISTILL_STATUS_C)
// The analyzer cannot derive that these return the failure passed to them; it would follow paths on
// which they return DISTILL_OK.
void distill_analyzed_message(const char *format, ...) DISTILL_PRINTF(1, 2);
#define distill_fail(failure, ...) (distill_analyzed_message(__VA_ARGS__), (failure))
#define distill_fail_errno(failure, ...) (distill_analyzed_message(__VA_ARGS__), (failure))
#define distill_fail_context(failure, ...) (distill_analyzed_message(__VA_ARGS__), (failure))
#endif

#endif
