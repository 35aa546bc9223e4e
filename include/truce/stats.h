/* Counters of what transactions did. Kept per thread, read without stopping anyone; each is exact for the moment it was
 * read, but two of them may be of different moments. */
#ifndef TRUCE_STATS_H
#define TRUCE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include <truce/compiler.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_stats {
    size_t size;               /* of this struct: set before the call */
    uint64_t attempts;         /* attempts that ended; operations alone that read are not counted */
    uint64_t commits;          /* attempts that committed */
    uint64_t conflicts;        /* attempts that ended because an observation stopped being true */
    uint64_t user_aborts;      /* attempts ended by truce_abort, truce_end or the body's own status */
    uint64_t memory_aborts;    /* attempts ended by TRUCE_NO_MEMORY */
    uint64_t other_aborts;     /* attempts ended by any other failure: too large, timed out */
    uint64_t extensions;       /* times a transaction moved its snapshot forward */
    uint64_t slow_checks;      /* observations evaluated again because their cell had a newer version */
    uint64_t lock_waits;       /* times a lock of another commit was waited for */
    uint64_t commit_restarts;  /* times a commit gave up its locks and started over */
    uint64_t clock_moves;      /* times the clock was written */
    uint64_t growth_steps;     /* buckets that were split */
    uint64_t retired;          /* pieces of memory and words handed to reclamation */
    uint64_t released;         /* of these, freed or released */
} truce_stats;

#define TRUCE_STATS_INIT                                                                                               \
    {                                                                                                                  \
        sizeof(truce_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                  \
    }

/* The sums over all threads, those that ended included. */
TRUCE_PUBLIC void truce_stats_process(truce_stats *stats);

/* The calling thread's own. */
TRUCE_PUBLIC void truce_stats_thread(truce_stats *stats);

#ifdef __cplusplus
}
#endif

#endif
