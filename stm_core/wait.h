/* Waiting: for a word to change. Hides pauses, yields and the futex.
 *
 * First some tens of pauses, for a lock that is held for tens of nanoseconds; then yields, for a holder that is not
 * running; then naps on a futex nobody wakes, each bounded, longer ones later: for a holder that was stopped. More
 * threads than cores is an ordinary case, so the pauses are few.
 */
#ifndef TRUCE_WAIT_H
#define TRUCE_WAIT_H

#include <stdint.h>

struct truce_waiter_ {
    uint32_t rounds;
};

/* One round of waiting; the caller looks again after it. */
void truce_wait_round_(struct truce_waiter_ *waiter);

/* A pause before attempt number `attempt` is made, at most some hundred microseconds, jittered by `seed`. */
void truce_back_off_(uint32_t attempt, uint64_t *seed);

#endif
