// tests/support/fake_teacher_parts.h - private header of the module fake_teacher_connection:
// fake_teacher_connection.c (the socket), fake_teacher_serve.c (requests), fake_teacher_pieces.c
// (the pieces of a response), fake_teacher_odd.c (unusual forms of them).
#ifndef TESTS_SUPPORT_FAKE_TEACHER_PARTS_H
#define TESTS_SUPPORT_FAKE_TEACHER_PARTS_H

#include "tests/support/fake_teacher_connection.h"

/// Starts the response to c->request: an error, the list of models, a fault, or a reply.
distill_status fake_serve(fake_connection *c, fake_server *server, double now_s) DISTILL_MUST_CHECK;
/// Logs the end of a response: "done" or "abandoned".
void fake_log_end(const fake_server *server, const fake_connection *c, const char *event);
/// Appends the next piece of the response to c->out.
distill_status fake_produce(fake_connection *c) DISTILL_MUST_CHECK;

/// True if fake_odd_frame writes the events of this damage.
bool fake_odd_is(fake_damage damage);
/// Appends the event with this JSON in an unusual form.
distill_status fake_odd_frame(distill_text *out, const fake_connection *c,
                              distill_span json) DISTILL_MUST_CHECK;
distill_status fake_odd_start_compression(fake_connection *c) DISTILL_MUST_CHECK;
/// Appends the compressed bytes.
distill_status fake_odd_compress(distill_text *out, fake_connection *c, distill_span bytes,
                                 bool is_last) DISTILL_MUST_CHECK;
void fake_odd_end_compression(fake_connection *c);

#endif
