/* A thread's record: what the core keeps for each thread, and the one way to reach it. Hides thread-local storage.
 *
 * Records are never freed: a thread that ends leaves its record, with its counters, to a later one. Whoever walks the
 * list of records needs no lock.
 */
#ifndef TRUCE_THREAD_H
#define TRUCE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

enum truce_count_ {
    TRUCE_COUNT_COMMITS_,
    TRUCE_COUNT_CONFLICTS_,
    TRUCE_COUNT_USER_ABORTS_,
    TRUCE_COUNT_MEMORY_ABORTS_,
    TRUCE_COUNT_OTHER_ABORTS_,
    TRUCE_COUNT_EXTENSIONS_,
    TRUCE_COUNT_SLOW_CHECKS_,
    TRUCE_COUNT_LOCK_WAITS_,
    TRUCE_COUNT_COMMIT_RESTARTS_,
    TRUCE_COUNT_CLOCK_MOVES_,
    TRUCE_COUNT_GROWTH_STEPS_,
    TRUCE_COUNT_RETIRED_,
    TRUCE_COUNT_RELEASED_,
    TRUCE_COUNTS_
};

struct truce_tx;

/* One piece of memory, or word, that is freed when nobody can see it any more; see epoch.h. */
struct truce_retired_ {
    void *pointer;
    void (*release)(void *pointer, void *context);
    void *context;
    uint64_t epoch;
};

/* How many pieces are put aside before a thread looks whether they can be released. */
enum { TRUCE_COLLECT_AFTER_ = 127 };

struct truce_limbo_ {
    struct truce_retired_ *items; /* items[first .. first + count), oldest first */
    uint32_t first, count, capacity;
    uint32_t collect_above; /* a count: with more than that, collecting is tried */
};

struct truce_thread_ {
    truce_atomic64_ announced; /* the epoch it may hold memory of; 0: none. Own stores, everybody reads */
    char rest_of_line[56];
    /* From here on only the thread itself. */
    struct truce_tx *open; /* its open attempts, youngest first */
    struct truce_tx *pool; /* transactions to be used again */
    struct truce_limbo_ limbo;
    bool collecting;
    uint32_t index;                          /* small; of no other running thread; fixed, everybody reads */
    uint64_t seed;                           /* of the jitter in backing off */
    truce_atomic64_ counts[TRUCE_COUNTS_];   /* own stores, everybody reads; never reset */
    uint64_t counts_before[TRUCE_COUNTS_];   /* what an earlier thread with this record had counted */
    struct truce_thread_ *next;              /* in the list of all records; fixed */
    truce_atomic64_ in_use;
} __attribute__((aligned(128)));

extern __thread struct truce_thread_ *truce_thread_current_ __attribute__((visibility("hidden")));

/* Makes or finds a record for this thread; NULL when memory ran out. */
struct truce_thread_ *truce_thread_attach_(void);

/* The calling thread's record; NULL when memory ran out (then it never had one). */
static inline struct truce_thread_ *truce_thread_(void)
{
    struct truce_thread_ *thread = truce_thread_current_;
    return __builtin_expect(thread != NULL, 1) ? thread : truce_thread_attach_();
}

/* How many attempts ended in the threads that had this record; for the thread itself. */
static inline uint64_t truce_attempts_ended_(const struct truce_thread_ *thread)
{
    uint64_t ended = 0;
    for (int i = TRUCE_COUNT_COMMITS_; i <= TRUCE_COUNT_OTHER_ABORTS_; i++) {
        ended += truce_load_relaxed_(&thread->counts[i]);
    }
    return ended;
}

/* All records, to be walked by `next`. */
struct truce_thread_ *truce_thread_first_(void);

/* Counts an event of the calling thread; of none if it has no record. */
static inline void truce_count_(enum truce_count_ which, uint64_t delta)
{
    struct truce_thread_ *thread = truce_thread_current_;
    if (thread != NULL) truce_count_own_(&thread->counts[which], delta);
}

/* Mutual exclusion for what happens rarely: making records, handing over what a thread left. Never held while anything
 * else is waited for, nor while user code runs. */
void truce_rare_lock_(void);
void truce_rare_unlock_(void);

#endif
