/* A sum of 64 bits, modulo 2^64, that many threads add to. Hides that it may be kept in stripes.
 *
 * The sum is that of a base and, once threads that add have met each other there, of stripes, to each of which some
 * threads add. Each part is guarded by a cell of its own; the base's cell also guards the address of the stripes, so
 * that whoever added up the parts notices when there are more of them.
 *
 * Invariants:
 *   sum = base + stripes; a part changes only while its cell is locked, by who adds;
 *   the stripes are made once, under the base's lock, with a new version for it, and go with the object.
 *
 * So up to some contention the sum is one cell, and reading it is looking at that cell. Then there is a stripe, on lines
 * of its own, for each thread of that moment and some to spare, up to 64; threads beyond that share one with another.
 * Reading is looking at all of them at one instant.
 *
 * If a thread stops while it holds a part's lock, who reads the sum waits, and who adds to the same part; others add.
 */
#ifndef TRUCE_SUM_H
#define TRUCE_SUM_H

#include "stm_core/core.h"

/* One part of the sum: a cell, and what it guards. */
struct truce_stripe_ {
    truce_atomic64_ word;
    truce_atomic64_ amount;
};

/* Zeroed memory is a sum of 0. */
struct truce_sum_ {
    struct truce_stripe_ base;
    truce_atomic_ptr_ stripes; /* NULL until threads that add get into each other's way */
};

/* Nobody else sees the sum yet: it is `amount`. */
void truce_sum_start_(struct truce_sum_ *sum, uint64_t amount);

/* Nobody sees it any more: frees what belongs to it, not the sum itself. */
void truce_sum_end_(struct truce_sum_ *sum);

/* The whole sum, as it was read. */
struct truce_total_ {
    uint64_t amount;
    uint64_t cell; /* what a record of it has for a cell: the only one, or that there are several */
};

/* Adds up all parts, on content not above `limit`: at one instant. DONE, or what was met. */
enum truce_step_ truce_sum_read_(truce_tx *tx, struct truce_sum_ *sum, uint64_t limit, struct truce_total_ *total);

/* The same by an operation alone, while there are no stripes: false if there are some. */
bool truce_sum_read_alone_(const struct truce_sum_ *sum, uint64_t *amount);

/* The sum as far as it can be had without looking at cells. */
uint64_t truce_sum_about_(const struct truce_sum_ *sum);

/* In the commit. Locks the part that the transaction's thread adds to; *lock is its number. *crowded is set if another
 * was there: after the commit, truce_sum_spread_ then makes sure that there are stripes. As truce_lock_. */
enum truce_step_ truce_sum_lock_(truce_tx *tx, struct truce_sum_ *sum, uint32_t *lock, bool *crowded);

/* Adds to the part under that lock, whose cell gets a new version. Returns what the part is then. */
uint64_t truce_sum_install_(truce_tx *tx, uint32_t lock, uint64_t delta);

/* Makes the stripes, if there are none, there is memory for them, and nobody is in the way. No locks are held. */
void truce_sum_spread_(struct truce_sum_ *sum);

/* Gives every part a new version: see truce_object_disturb_. */
void truce_sum_disturb_(struct truce_sum_ *sum);

#endif
