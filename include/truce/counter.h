/* A counter: a sum of 64 bits that many threads add to inside transactions, without ever conflicting over that.
 *
 * Two transactions conflict over a counter only where one of them was given an answer that the other's adding changes:
 *
 * [conflicts: counter]
 * | observed                   | somebody adds          | by |
 * | ---                        | ---                    | --- |
 * | the sum                    | sum differs            | get |
 * | a question about the sum   | answer flips           | at_least, try_add |
 * | nothing                    | never                  | add |
 * [conflicts end]
 *
 * So adds never conflict with each other, whatever their number; a get is not disturbed by adds that cancel out; and of
 * two transactions that take one of five with try_add neither disturbs the other. A transaction sees its own adds in
 * every answer. What it added is one effect, whatever the number of adds, and none if they cancel out.
 *
 * The sum is a signed number modulo 2^64: add wraps around, try_add does not.
 *
 * Every function is called with an open transaction of the calling thread, or with TRUCE_ALONE. Every function that
 * returns a status may return, beside the answers it names: TRUCE_CONFLICT (an earlier observation of the transaction
 * stopped being true), TRUCE_NO_MEMORY, TRUCE_TIMED_OUT, or the failure that ended the transaction before. With any of
 * these nothing was observed and nothing changed. In a truce_conflict the key is TRUCE_NONE; of get, `seen` and `now`
 * are the sums as words, the transaction's own adds in them; of at_least and try_add they are the words 0 and 1.
 *
 * Misuse, beside what tx.h names: an output that is NULL.
 *
 * Cost: 64 bytes, one cache line, which adding writes. Once committing threads have met each other there, and not
 * before, the sum is spread over stripes, each on two lines of its own: one for each thread that there is then, and at
 * least two for each core, up to 64. Threads beyond that, and beyond the spare ones later, share one with another.
 * get, at_least and try_add read all stripes at one instant; others that keep adding make them look for such an instant
 * again and again, and a deadline ends that.
 *
 *     truce_counter *left;
 *     truce_counter_options options = TRUCE_COUNTER_OPTIONS_INIT;
 *     options.initial = 100;
 *     if (truce_counter_new(&options, &left) != TRUCE_OK) return 1;
 *     bool taken;
 *     truce_status status = truce_counter_try_add(TRUCE_ALONE, left, -1, 0, INT64_MAX, &taken);
 */
#ifndef TRUCE_COUNTER_H
#define TRUCE_COUNTER_H

#include <truce/tx.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_counter truce_counter;

/* Options of a counter. NULL, or a zero field, is the default. */
typedef struct truce_counter_options {
    size_t size;      /* of this struct */
    const char *name; /* for reports; copied, cut after 63 bytes */
    int64_t initial;  /* the sum at first */
} truce_counter_options;

#define TRUCE_COUNTER_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(truce_counter_options), NULL, 0                                                                         \
    }

/* Makes a counter. TRUCE_OK, or TRUCE_NO_MEMORY with *counter NULL. Owns: the caller, until truce_counter_free. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_counter_new(const truce_counter_options *options,
                                                           truce_counter **counter);

/* Frees a counter once every transaction open now has ended. From the call on, using it is a misuse, which is noticed
 * as long as such a transaction is open. A transaction that added to it must not commit any more: that is a misuse too.
 * NULL: nothing happens. */
TRUCE_PUBLIC void truce_counter_free(truce_counter *counter);

/* add: the sum is more by `delta`, modulo 2^64, from the commit on. TRUCE_OK. Observes nothing. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_counter_add(truce_tx *tx, truce_counter *counter, int64_t delta);

/* get: the sum. TRUCE_OK. Observes exactly that: adds that cancel out don't disturb it. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_counter_get(truce_tx *tx, truce_counter *counter, int64_t *sum);

/* at_least: whether the sum is `n` or more. TRUCE_OK. Observes only that. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_counter_at_least(truce_tx *tx, truce_counter *counter, int64_t n,
                                                                bool *yes);

/* try_add: adds `delta` if the sum is then from `min` to `max`, both included, and *done is true; else changes nothing.
 * A result that does not fit 64 bits is out of bounds. TRUCE_OK. Observes only the answer; where no sum could give
 * another one, nothing. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_counter_try_add(truce_tx *tx, truce_counter *counter, int64_t delta,
                                                               int64_t min, int64_t max, bool *done);

#ifdef __cplusplus
}
#endif

#endif
