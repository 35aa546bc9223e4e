#include "clock.h"

#include <stdlib.h>
#include <string.h>

#include <truce/settings.h>

#include "misuse.h"
#include "thread.h"

#ifndef TRUCE_DEFAULT_CLOCK
#define TRUCE_DEFAULT_CLOCK TRUCE_CLOCK_DEFERRED
#endif

struct truce_clock_ truce_clock_ = {{1}, {0}};

/* What was chosen: 0 before any choice; SETTLED is added at the first use. Relaxed would do for a value that is fixed
 * before the threads that use it exist; the reads of it are on no hot path. */
enum { SETTLED = 16 };
static truce_atomic64_ choice_;

static uint64_t default_choice(void)
{
    const char *wanted = getenv("TRUCE_CLOCK");
    if (wanted == NULL || wanted[0] == '\0') return TRUCE_DEFAULT_CLOCK;
    if (strcmp(wanted, "counter") == 0) return TRUCE_CLOCK_COUNTER;
    if (strcmp(wanted, "deferred") == 0) return TRUCE_CLOCK_DEFERRED;
    truce_misuse_("the environment variable TRUCE_CLOCK must be \"deferred\" or \"counter\"");
}

static bool is_counter(void)
{
    return (truce_load_relaxed_(&choice_) & ~(uint64_t)SETTLED) == TRUCE_CLOCK_COUNTER;
}

int truce_clock(void)
{
    const uint64_t choice = truce_load_relaxed_(&choice_) & ~(uint64_t)SETTLED;
    return (int)(choice != 0 ? choice : default_choice());
}

truce_status truce_set_clock(int clock)
{
    if (clock != TRUCE_CLOCK_DEFERRED && clock != TRUCE_CLOCK_COUNTER) {
        truce_misuse_("truce_set_clock takes TRUCE_CLOCK_DEFERRED or TRUCE_CLOCK_COUNTER");
    }
    uint64_t choice = truce_load_relaxed_(&choice_);
    do {
        if (choice & SETTLED) return truce_clock() == clock ? TRUCE_OK : TRUCE_TOO_LATE;
    } while (!truce_cas_seq_cst_(&choice_, &choice, (uint64_t)clock));
    return TRUCE_OK;
}

void truce_clock_settle_(void)
{
    uint64_t choice = truce_load_relaxed_(&choice_);
    while (!(choice & SETTLED)) {
        const uint64_t clock = choice != 0 ? choice : default_choice();
        truce_cas_seq_cst_(&choice_, &choice, clock | SETTLED);
    }
}

uint64_t truce_clock_reach_(uint64_t version)
{
    uint64_t now = truce_clock_now_();
    while (now < version) {
        if (truce_cas_seq_cst_(&truce_clock_.now, &now, version)) { /* [clock] */
            truce_count_(TRUCE_COUNT_CLOCK_MOVES_, 1);
            return version;
        }
    }
    return now;
}

uint64_t truce_clock_take_(uint64_t at_least, bool *reached)
{
    *reached = true;
    if (is_counter()) {
        truce_count_(TRUCE_COUNT_CLOCK_MOVES_, 1);
        return truce_fetch_add_seq_cst_(&truce_clock_.now, 1); /* [clock]; every version there is, is below already */
    }
    const uint64_t now = truce_clock_now_();
    *reached = now >= at_least;
    return *reached ? now : at_least;
}

uint64_t truce_clock_take_to_stamp_(uint64_t at_least)
{
    bool reached;
    return truce_clock_take_(at_least, &reached);
}
