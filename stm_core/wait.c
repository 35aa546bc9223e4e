#include "wait.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "atomic.h"

enum { PAUSES = 48, YIELDS = 64, NAP_NS_MIN = 20000, NAP_NS_MAX = 1000000 };

static void nap(long ns)
{
    const struct timespec time = {0, ns};
    uint32_t never = 0;
    syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0);
}

void truce_wait_round_(struct truce_waiter_ *waiter)
{
    const uint32_t round = waiter->rounds;
    if (round < UINT_MAX) waiter->rounds++;
    if (round < PAUSES) {
        truce_pause_();
    } else if (round < PAUSES + YIELDS) {
        sched_yield();
    } else {
        const uint32_t naps = round - (PAUSES + YIELDS);
        const long ns = naps < 6 ? (long)NAP_NS_MIN << naps : NAP_NS_MAX;
        nap(ns < NAP_NS_MAX ? ns : NAP_NS_MAX);
    }
}

void truce_back_off_(uint32_t attempt, uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    const uint32_t jitter = (uint32_t)(*seed >> 33);
    if (attempt <= 2) return;
    const uint32_t bound = attempt < 12 ? 1u << attempt : 1u << 12;
    const uint32_t pauses = jitter % bound;
    if (attempt > 6) sched_yield();
    for (uint32_t i = 0; i < pauses; i++) truce_pause_();
}
