/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate_fixture.h - a proxy on a die in memory, which is full of content that does not repeat. */
#ifndef TESTS_GATE_FIXTURE_H
#define TESTS_GATE_FIXTURE_H

#include "programmer/guard/proxy.h"
#include "tests/programmer/die/memory_die.h"
#include "tests/unit.h"

extern const struct chipdb_part *part;
extern struct memory_die *memory;
extern struct proxy *proxy; /* with gate_fixture_start() */
extern struct notes notes;

/* Set-up and tear-down of a test. */
int gate_fixture_begin(void **state);
int gate_fixture_end(void **state);

/* A proxy for the part, which logs into notes. */
void gate_fixture_start(struct proxy_options options);

/* The content of the die; to be freed. */
uint8_t *copy_of_die(void);

#endif
