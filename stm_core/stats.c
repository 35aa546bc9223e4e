#include <truce/stats.h>

#include <string.h>

#include "misuse.h"
#include "thread.h"

/* Fills as much of the caller's struct as it has. */
static void fill(truce_stats *stats, const uint64_t counts[TRUCE_COUNTS_])
{
    if (stats == NULL || stats->size < sizeof(size_t)) {
        truce_misuse_("truce_stats needs a struct whose size field is set");
    }
    const truce_stats whole = {
        .size = stats->size,
        .attempts = counts[TRUCE_COUNT_COMMITS_] + counts[TRUCE_COUNT_CONFLICTS_] + counts[TRUCE_COUNT_USER_ABORTS_] +
                    counts[TRUCE_COUNT_MEMORY_ABORTS_] + counts[TRUCE_COUNT_OTHER_ABORTS_],
        .commits = counts[TRUCE_COUNT_COMMITS_],
        .conflicts = counts[TRUCE_COUNT_CONFLICTS_],
        .user_aborts = counts[TRUCE_COUNT_USER_ABORTS_],
        .memory_aborts = counts[TRUCE_COUNT_MEMORY_ABORTS_],
        .other_aborts = counts[TRUCE_COUNT_OTHER_ABORTS_],
        .extensions = counts[TRUCE_COUNT_EXTENSIONS_],
        .slow_checks = counts[TRUCE_COUNT_SLOW_CHECKS_],
        .lock_waits = counts[TRUCE_COUNT_LOCK_WAITS_],
        .commit_restarts = counts[TRUCE_COUNT_COMMIT_RESTARTS_],
        .clock_moves = counts[TRUCE_COUNT_CLOCK_MOVES_],
        .growth_steps = counts[TRUCE_COUNT_GROWTH_STEPS_],
        .retired = counts[TRUCE_COUNT_RETIRED_],
        .released = counts[TRUCE_COUNT_RELEASED_],
    };
    memcpy(stats, &whole, stats->size < sizeof whole ? stats->size : sizeof whole);
}

void truce_stats_process(truce_stats *stats)
{
    uint64_t sums[TRUCE_COUNTS_] = {0};
    for (const struct truce_thread_ *thread = truce_thread_first_(); thread != NULL; thread = thread->next) {
        for (int i = 0; i < TRUCE_COUNTS_; i++) sums[i] += truce_load_relaxed_(&thread->counts[i]);
    }
    fill(stats, sums);
}

void truce_stats_thread(truce_stats *stats)
{
    uint64_t own[TRUCE_COUNTS_] = {0};
    const struct truce_thread_ *thread = truce_thread_();
    if (thread != NULL) {
        for (int i = 0; i < TRUCE_COUNTS_; i++) {
            own[i] = truce_load_relaxed_(&thread->counts[i]) - thread->counts_before[i];
        }
    }
    fill(stats, own);
}
