/* The version clock: numbers commits. Hides which of two clocks is used.
 *
 * Counter: each commit takes the next number for itself. Deferred: commits only read the clock, and it moves when
 * somebody meets a version that is too new for the time he has, so that on independent keys nobody writes it.
 *
 * One rule serves both. A commit takes a time t and stamps its cells with t + 1; a reader with time r, which was read
 * from the clock, may use what has a version <= r. Invariants:
 *   t >= every version the commit overwrites: so a cell's word never comes back, equal words mean equal content;
 *   t >= the clock, read after all locks are held: so whoever reads a time > t from the clock does so after that, and
 *     sees the locks, or what they left behind.
 *
 * A time above the clock (the commit overwrites what was written since the clock moved last) serves for a stamp. It is
 * none of which content can be judged: others who lock later may stamp theirs with less. For that the clock must have
 * reached it.
 */
#ifndef TRUCE_CLOCK_H
#define TRUCE_CLOCK_H

#include <stdbool.h>
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

/* A commit's time: at least `at_least`, and with the counter one nobody else gets. *reached: the clock has got there. */
uint64_t truce_clock_take_(uint64_t at_least, bool *reached);

/* The same for who judges nothing. */
uint64_t truce_clock_take_to_stamp_(uint64_t at_least);

/* Moves the clock to `version` if it is behind, and reads it. */
uint64_t truce_clock_reach_(uint64_t version);

/* Fixes the choice of the clock for the rest of the process; called at the first use of anything. */
void truce_clock_settle_(void);

#endif
