/* Reclamation by epochs: memory is freed when no transaction can see it any more. Hides the epochs and membarrier.
 *
 * A thread that may hold references into collections announces the epoch it began in, and takes that back when it has
 * none left. What is unlinked is stamped with the epoch of that moment, and freed once the epoch is three later; the
 * epoch moves on only when every announcement is of the present one.
 *
 * Why three: an announcement of epoch e blocks the move from e + 1 to e + 2. Memory stamped s was unlinked before the
 * move from s + 1 to s + 2 at the latest (the unlinking store may still be in its processor's buffer when the stamp is
 * read, but not after the membarrier of the second move), so only announcements up to s + 1 can hold it, and those
 * block the move to s + 3.
 *
 * Announcing costs the reader a plain store: [announce]. A reader whose announcement the reclaimer's membarrier did not
 * make visible has not read anything yet, and will find what was unlinked before unlinked.
 *
 * A thread that stops while it has an announcement keeps everything that is retired from then on. A scheme that is
 * stronger replaces this file: the seam is the functions below.
 */
#ifndef TRUCE_EPOCH_H
#define TRUCE_EPOCH_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"
#include "thread.h"

struct truce_epoch_now_ {
    truce_atomic64_ now; /* never 0 */
    char rest_of_lines[120];
} __attribute__((aligned(128)));

extern struct truce_epoch_now_ truce_epoch_now_;
extern bool truce_epoch_asymmetric_; /* fixed at the start: membarrier(2) works */

/* Called once, before any announcement. */
void truce_epoch_start_(void);

/* Announces `epoch`, which must not be above the present one. */
static inline void truce_epoch_announce_(struct truce_thread_ *thread, uint64_t epoch)
{
    if (__builtin_expect(truce_epoch_asymmetric_, 1)) {
        truce_store_release_(&thread->announced, epoch); /* [announce], [leave] */
        truce_compiler_barrier_();
    } else {
        truce_exchange_seq_cst_(&thread->announced, epoch); /* [announce], [leave] */
    }
}

/* Announces the present epoch and returns it. */
static inline uint64_t truce_epoch_enter_(struct truce_thread_ *thread)
{
    const uint64_t epoch = truce_load_acquire_(&truce_epoch_now_.now);
    truce_epoch_announce_(thread, epoch);
    return epoch;
}

/* The thread holds no references any more. */
static inline void truce_epoch_leave_(struct truce_thread_ *thread)
{
    truce_store_release_(&thread->announced, 0); /* [leave] */
}

/* Makes room so that `count` calls of truce_epoch_retire_ need no memory; false when memory ran out. */
bool truce_epoch_reserve_(struct truce_thread_ *thread, uint32_t count);

/* Has release(pointer, context) called once nobody can see `pointer` any more. It must be unlinked already, or be
 * reachable only through cells that the caller holds locked. Needs room: truce_epoch_reserve_. */
void truce_epoch_retire_(struct truce_thread_ *thread, void *pointer, void (*release)(void *pointer, void *context),
                         void *context);

/* Moves the epoch on as far as it goes, and releases. */
void truce_epoch_collect_(struct truce_thread_ *thread);

/* Releases what nobody can see any more, if it seems worth a look. Runs user code: holds no lock and is called with
 * none. */
static inline void truce_epoch_collect_soon_(struct truce_thread_ *thread)
{
    if (thread->limbo.count > thread->limbo.collect_above) truce_epoch_collect_(thread);
}

/* Whether any thread, this one included, has an attempt open. */
bool truce_epoch_anybody_(void);

/* Waits until nobody can see any more what is unlinked now. False, at once, if this thread itself has an open attempt.
 * `thread` may be NULL. */
bool truce_epoch_wait_(const struct truce_thread_ *thread);

/* The thread ends: what it retired is left to the others. */
void truce_epoch_leave_behind_(struct truce_thread_ *thread);

#endif
