/* A queue: first in, first out, used by many threads inside transactions.
 *
 * Two transactions conflict over a queue only where one of them observed what the other changed:
 *
 * [conflicts: queue]
 * | observed                   | items are pushed       | items are popped       | by |
 * | ---                        | ---                    | ---                    | --- |
 * | the first items            | it ran out of items    | others are first       | pop, peek, pop_up_to |
 * | any one item               | there was none         | that one is popped     | pop_any |
 * | the length                 | length differs         | length differs         | len |
 * | a question about it        | answer flips           | answer flips           | len_at_least, is_empty |
 * | the content                | it came to the end     | other items there      | each |
 * | nothing                    | never                  | never                  | push |
 * [conflicts end]
 *
 * In each of these only if the answer would be another one now. On a bounded queue push observes whether there is room.
 * Nothing else ever conflicts: pushes never do, nor a push and a pop of a queue that is not empty, nor pop_any and
 * pop_any. What a transaction pushed or popped and did not commit is never in another's answer: none is told that the
 * queue is empty, or full, because of it. A transaction sees its own work in every answer: it pops what it pushed
 * itself once nothing else is left. What own work alone decides observes nothing.
 *
 * Order. Items stand in the order in which the transactions that pushed them committed; those of one transaction
 * together, as it pushed them.
 *
 * Ownership. Words are copied in and out, and what a word points to is the program's own; it must not change while the
 * word is in a queue. Bytes are copied during the call. With a release callback (words only) the queue owns the words
 * it holds:
 *   given by push in an attempt that aborts, or refused (TRUCE_FULL): still the caller's, not called;
 *   handed out by pop, pop_up_to or pop_any: the caller's at commit, not called, also if the same transaction pushed
 *     it; others may still read it: free it with truce_retire;
 *   the queue freed: called once for each word left in it, when nobody can see it any more.
 *
 * Every function is called with an open transaction of the calling thread, or with TRUCE_ALONE. Every function that
 * returns a status may return, beside the answers it names: TRUCE_CONFLICT (an earlier observation of the transaction
 * stopped being true), TRUCE_NO_MEMORY, TRUCE_TIMED_OUT, TRUCE_TOO_LARGE (bytes over TRUCE_VALUE_SIZE_MAX), or the
 * failure that ended the transaction before. With any of these nothing was observed and nothing changed. Outputs are
 * zero with every status but TRUCE_OK.
 *
 * Where items are words without a release callback, push takes a ticket as well, which pop, peek and the others hand
 * out as such before the commit: see truce_list_append_ticket.
 *
 * Misuse, beside what tx.h names: an item of the wrong kind, an output that is NULL.
 *
 * Cost: push and pop touch one end of the queue and one chunk of 60 items; some 9 bytes an item. Memory is given back
 * as the head moves on. A queue that was never used takes 384 bytes.
 *
 *     truce_queue *jobs;
 *     truce_queue_options options = TRUCE_QUEUE_OPTIONS_INIT;
 *     options.capacity = 1000;
 *     if (truce_queue_new(&options, &jobs) != TRUCE_OK) return 1;
 *     truce_status status = truce_queue_push(TRUCE_ALONE, jobs, truce_word(7));
 */
#ifndef TRUCE_QUEUE_H
#define TRUCE_QUEUE_H

#include <truce/tx.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_queue truce_queue;

/* Options of a queue. NULL, or a zero field, is the default. */
typedef struct truce_queue_options {
    size_t size;            /* of this struct */
    const char *name;       /* for reports; copied, cut after 63 bytes */
    size_t capacity;        /* how many items it holds at most; 0: unbounded */
    truce_release *release; /* called with each word that is left when the queue is freed; NULL: none. With byte values
                               a misuse */
    void *release_context;
    uint32_t values;        /* TRUCE_WORD (default) or TRUCE_BYTES */
} truce_queue_options;

#define TRUCE_QUEUE_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(truce_queue_options), NULL, 0, NULL, NULL, 0                                                            \
    }

/* Makes an empty queue. TRUCE_OK, or TRUCE_NO_MEMORY with *queue NULL. Owns: the caller, until truce_queue_free. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_new(const truce_queue_options *options, truce_queue **queue);

/* Frees a queue and everything in it, once every transaction open now has ended; release callbacks are called then.
 * From the call on, using it is a misuse, which is noticed as long as such a transaction is open. A transaction with
 * effects that used it must not commit any more: that is a misuse too. NULL: nothing happens. */
TRUCE_PUBLIC void truce_queue_free(truce_queue *queue);

/* push: `value` stands at the end. TRUCE_OK; on a bounded queue TRUCE_FULL if there is no room for it, and nothing is
 * pushed. Observes nothing; on a bounded queue whether there is room, counting what is committed and the transaction's
 * own work. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_push(truce_tx *tx, truce_queue *queue, truce_item value);

/* pop: takes the first item. TRUCE_OK, or TRUCE_EMPTY. Observes the value that is first, or that there is none. Bytes
 * stay readable until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_pop(truce_tx *tx, truce_queue *queue, truce_item *value);

/* peek: the first item, which stays. Otherwise as pop. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_peek(truce_tx *tx, truce_queue *queue, truce_item *value);

/* pop_up_to: takes the first `room` items, or as many as there are; *count is how many. TRUCE_OK, or TRUCE_EMPTY if
 * there are none. Observes the values taken and, if it ran out, that there are no more. With room 0: TRUCE_OK, and
 * nothing is observed. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_pop_up_to(truce_tx *tx, truce_queue *queue, truce_item *items,
                                                               size_t room, size_t *count);

/* pop_any: takes an item that no other open pop_any has taken, the first such one or one near it; own items last.
 * TRUCE_OK; TRUCE_EMPTY if there is no item; TRUCE_CLAIMED if others have taken every one, which observes nothing: they
 * may commit, or give them back. Never waits for them. Observes that the item is still there when the transaction
 * commits. Between pop_any and its commit the item is there for everybody else but pop_any: whoever pops it first has
 * it, and the transaction with the pop_any runs again. An attempt that aborts leaves it in its place. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_pop_any(truce_tx *tx, truce_queue *queue, truce_item *value);

/* len: the number of items. TRUCE_OK. Observes exactly that number. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_len(truce_tx *tx, truce_queue *queue, size_t *count);

/* len_at_least: whether there are `n` items or more; is_empty: whether there are none. TRUCE_OK. Observe only that. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_len_at_least(truce_tx *tx, truce_queue *queue, size_t n,
                                                                  bool *yes);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_is_empty(truce_tx *tx, truce_queue *queue, bool *yes);

/* each: every item from the first to the last, with its index as a word, as of one instant, the transaction's own work
 * included. TRUCE_OK, or what `visit` stopped with. Observes the content; stopped early, what was handed out and
 * nothing of the rest. Cost: 16 bytes an item until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_queue_each(truce_tx *tx, truce_queue *queue, truce_visit *visit,
                                                          void *context);

#ifdef __cplusplus
}
#endif

#endif
