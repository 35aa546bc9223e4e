/* The version clock: numbers commits. Hides which of two clocks is used.
 *
 * Counter: each commit takes the next number for itself. Deferred: commits only read the clock, and it moves when
 * somebody meets a version that is too new for the time he has, so that on independent keys nobody writes it.
 *
 * One rule serves both. A commit takes a time t and stamps its cells with t + 1; a reader with time r may use what has
 * a version <= r. Invariants:
 *   t >= every version the commit overwrites: so a cell's word never comes back, equal words mean equal content;
 *   t is taken after all locks are held: so whoever later reads a time > t sees them, or what they left behind.
 */
#ifndef TRUCE_CLOCK_H
#define TRUCE_CLOCK_H

#include <stdint.h>

#include "atomic.h"

struct truce_clock_ {
    truce_atomic64_ now;
    char rest_of_lines[120]; /* nothing else on the two lines that are fetched together */
} __attribute__((aligned(128)));

extern struct truce_clock_ truce_clock_;

/* The time now. */
static inline uint64_t truce_clock_now_(void)
{
    return truce_load_seq_cst_(&truce_clock_.now); /* [clock] */
}

/* A commit's time: at least `at_least`, and with the counter one nobody else gets. */
uint64_t truce_clock_take_(uint64_t at_least);

/* Moves the clock to `version` if it is behind, and reads it. */
uint64_t truce_clock_reach_(uint64_t version);

/* Fixes the choice of the clock for the rest of the process; called at the first use of anything. */
void truce_clock_settle_(void);

#endif
