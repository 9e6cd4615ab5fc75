// tests/support/fake_teacher_wire.c - non-blocking sockets.
#include "tests/support/fake_teacher_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

double fake_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

distill_status fake_wire_listen(int *listener, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int one = 1;
    *listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*listener < 0 || setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(*listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(*listener, BACKLOG) != 0 ||
        getsockname(*listener, (struct sockaddr *)&address, &length) != 0)
        return distill_fail_errno(DISTILL_IO, "port %d", *port);
    *port = ntohs(address.sin_port);
    return DISTILL_OK;
}

static long plain_result(ssize_t result)
{
    if (result >= 0)
        return result;
    return errno == EAGAIN || errno == EINTR ? FAKE_WIRE_LATER : FAKE_WIRE_GONE;
}

static long tls_result(const fake_connection *c, int result)
{
    if (result > 0)
        return result;
    int why = SSL_get_error(c->tls, result);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? FAKE_WIRE_LATER
                                                                     : FAKE_WIRE_GONE;
}

long fake_wire_read(fake_connection *c, char *bytes, size_t length)
{
    return c->tls != NULL ? tls_result(c, SSL_read(c->tls, bytes, (int)length))
                          : plain_result(recv(c->socket, bytes, length, 0));
}

long fake_wire_write(fake_connection *c, const char *bytes, size_t length)
{
    return c->tls != NULL ? tls_result(c, SSL_write(c->tls, bytes, (int)length))
                          : plain_result(send(c->socket, bytes, length, MSG_NOSIGNAL));
}

void fake_wire_reset(fake_connection *c)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(c->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}
