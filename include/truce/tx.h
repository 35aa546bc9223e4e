/* Transactions.
 *
 * A transaction is a run of operations on any number of collections that takes effect at one instant, or not at all.
 * What it reads is one consistent state, also in an attempt that will not commit. It is run again only because one of
 * its own observations stopped being true (see docs/LAW.md); truce_explain says which.
 *
 *     static truce_status transfer(truce_tx *tx, void *arg)
 *     {
 *         const struct transfer *t = arg;
 *         truce_item from;
 *         TRUCE_NEED(truce_dict_get(tx, t->accounts, truce_word(t->from), &from));
 *         if (truce_as_signed(from) < t->amount) return INSUFFICIENT;
 *         TRUCE_NEED(truce_dict_add(tx, t->accounts, truce_word(t->from), -t->amount));
 *         return truce_dict_add(tx, t->accounts, truce_word(t->to), t->amount);
 *     }
 *     truce_status status = truce_run(NULL, transfer, &t);
 *
 * Threads: a transaction belongs to the thread that began it; using it in another is a misuse. A thread may hold
 * several open transactions. Threads need no registration; one that ends with a transaction open aborts it.
 *
 * fork: the child of a process with several threads must not use the library, but for exec.
 *
 * Misuse (NULL where an object is required, an object of another kind, one that was freed, a finished transaction,
 * another thread's transaction) does not return: see truce_set_misuse_handler in settings.h.
 */
#ifndef TRUCE_TX_H
#define TRUCE_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <truce/compiler.h>
#include <truce/item.h>
#include <truce/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_tx truce_tx;

/* In place of a transaction: the operation is a transaction of its own, on the fastest path. It is linearizable, runs
 * again by itself, and never answers TRUCE_CONFLICT. It can't hand out bytes, nor words with a release callback that
 * stay the collection's, since nothing keeps them alive after the call: that is a misuse. copy of a dict, a list or a
 * var is what one uses, or a transaction; words that become the caller's (pop, swap, remove) are handed out. */
#define TRUCE_ALONE ((truce_tx *)1)

/* A transaction's body. Returns TRUCE_OK or another answer (>= 0) to commit, a failure (< 0) to roll back; see
 * status.h for the program's own numbers. It may be called several times; what it changes outside of Truce's
 * collections is the program's affair. It must hand on every failure it meets: TRUCE_TRY and TRUCE_NEED do. */
typedef truce_status truce_body(truce_tx *tx, void *arg);

/* Frees or gives back what a word or a pointer stood for. Runs in any thread, outside all locks, after nobody can see
 * the word any more. May use collections in transactions of its own. Must not throw. */
typedef void truce_release(void *pointer, void *context);

/* A delayed action; see truce_on_commit. */
typedef void truce_action(void *context);

/* What each calls for every entry. TRUCE_OK goes on, anything else stops and is returned by each. It may change the
 * collection, and does not see that in this iteration. */
typedef truce_status truce_visit(void *context, truce_item key_or_index, truce_item value);

/* Why an attempt ended: an observation that stopped being true.
 *
 * `key` is TRUCE_NONE for an observation of a whole object (len, is_empty, len_at_least, all of a var or a counter), of
 * the end of a list, and of one item of a queue. For a yes-or-no observation (contains, replace, is_empty,
 * len_at_least, at_least, try_add, whether a list's index is in range, whether a queue has room) `seen` and `now` are
 * the words 0 and 1. For a key, an index, or an item that is absent the item is TRUCE_NONE. each and each_key name the
 * key or the index that is not as it was handed out, pop_up_to the place among the items. Bytes in it stay readable
 * until the transaction's next attempt begins or truce_end; in a report, until the thread begins its next
 * transaction. */
typedef struct truce_conflict {
    size_t size;             /* of this struct: set before the call */
    const void *object;      /* the collection */
    const char *object_name; /* as given at its creation, or "" ; readable as long as the bytes */
    const char *object_kind; /* "dict", "list", "queue", "counter" or "var" */
    const char *operation;   /* "get", "contains", "len", ... */
    truce_item key;          /* the key, or the index as a word */
    truce_item seen;         /* what was observed */
    truce_item now;          /* what was found instead */
} truce_conflict;

#define TRUCE_CONFLICT_INIT                                                                                            \
    {                                                                                                                  \
        sizeof(truce_conflict), NULL, NULL, NULL, NULL, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}                                \
    }

/* How a run went; see truce_run_options.report. */
typedef struct truce_report {
    size_t size;             /* of this struct: set before the call */
    uint32_t attempts;       /* how often the body was started */
    uint32_t conflicts;      /* how many attempts ended in a conflict */
    uint64_t commit_number;  /* as truce_commit_number, 0 if nothing was committed */
    truce_conflict conflict; /* the last one; object is NULL if there was none */
} truce_report;

#define TRUCE_REPORT_INIT                                                                                              \
    {                                                                                                                  \
        sizeof(truce_report), 0, 0, 0, TRUCE_CONFLICT_INIT                                                             \
    }

/* Options of a run. NULL, or a zero field, is the default. */
typedef struct truce_run_options {
    size_t size;          /* of this struct */
    const char *site;     /* a name for the place the run starts at, for the profiler that is to come; not copied */
    uint32_t attempts;    /* at most so many attempts, then TRUCE_TOO_MANY_ATTEMPTS; 0: no limit */
    bool read_only;       /* effects are a misuse */
    uint64_t timeout_ns;  /* from the call on, then TRUCE_TIMED_OUT; checked between attempts and wherever the
                             transaction waits or starts an operation over; 0: no deadline */
    truce_report *report; /* filled before truce_run returns; NULL: none */
} truce_run_options;

#define TRUCE_RUN_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(truce_run_options), NULL, 0, false, 0, NULL                                                             \
    }

/* Runs `body` until it commits or must not be run again.
 *
 * Returns what the body answered (>= 0) once its effects are committed, whole. Or, with nothing changed: the body's own
 * failure; TRUCE_NO_MEMORY; TRUCE_TIMED_OUT; TRUCE_TOO_MANY_ATTEMPTS. A failure that an operation met inside wins over
 * whatever the body answers. TRUCE_CONFLICT and TRUCE_WAIT from the body run it again, after a pause that grows.
 *
 * Inside another body it is an independent transaction, committed for good even if the outer one is rolled back.
 *
 * A C++ exception, pthread_exit or cancellation in the body aborts the attempt and goes on unwinding.
 *
 * Cost: two stores and a load of the clock beside the body's own operations; a transaction without effects ends without
 * any check. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_run(const truce_run_options *options, truce_body *body, void *arg);

/* The parts of truce_run, for language bindings and tests.
 *
 * truce_begin begins a transaction's first attempt. TRUCE_OK, TRUCE_NO_MEMORY, or TRUCE_TIMED_OUT if the time is
 * over at once. *tx is never NULL: after a failure it is a transaction that answers that failure to everything.
 * Owns: the caller gives it to truce_end in any case. `options` is read during the call, except for `site` and
 * `report`, which are kept. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_begin(const truce_run_options *options, truce_tx **tx);

/* Commits. TRUCE_OK: the effects are there, whole. A failure: nothing was changed and the attempt is over; after
 * TRUCE_CONFLICT, truce_again makes the next one. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_commit(truce_tx *tx);

/* Ends the attempt without effects. TRUCE_OK, also when it had failed already. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_abort(truce_tx *tx);

/* Begins the next attempt of a transaction whose last one was aborted or failed (aborts an open one). Waits a moment if
 * the last one ended in a conflict. TRUCE_OK, TRUCE_TOO_MANY_ATTEMPTS, TRUCE_TIMED_OUT or TRUCE_NO_MEMORY; on a failure
 * no attempt is open and every call but truce_abort, truce_explain and truce_end answers it. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_again(truce_tx *tx);

/* Ends the transaction and takes the handle back. Aborts an open attempt. */
TRUCE_PUBLIC void truce_end(truce_tx *tx);

/* The conflict that ended the transaction's last attempt. TRUCE_OK, or TRUCE_ABSENT if it did not end in one. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_explain(truce_tx *tx, truce_conflict *conflict);

/* Writes the conflict as a sentence into `text`, at most `capacity` bytes with the closing NUL, cut where it does not
 * fit. Returns the length of the whole sentence, NUL not counted. */
TRUCE_PUBLIC size_t truce_conflict_text(const truce_conflict *conflict, char *text, size_t capacity);

/* The place of a committed transaction in the order of commits, from its commit until truce_end; 0 before and without
 * one. With TRUCE_CLOCK_COUNTER writers have numbers of their own, and a transaction without effects has the number of
 * the last writer whose state it saw. With TRUCE_CLOCK_DEFERRED transactions may share a number, and only who saw or
 * overwrote what another committed is sure to have none below that one's. */
TRUCE_PUBLIC uint64_t truce_commit_number(truce_tx *tx);

/* Delayed actions. on_commit: called in the order of registration, after the commit, outside locks, before truce_run or
 * truce_commit returns; not on abort. on_abort: called in reverse order when the attempt ends without effects. Both are
 * of this attempt only. An action may run transactions of its own. TRUCE_OK or TRUCE_NO_MEMORY. With TRUCE_ALONE an
 * on_commit action is called at once, an on_abort action never. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_on_commit(truce_tx *tx, truce_action *action, void *context);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_on_abort(truce_tx *tx, truce_action *action, void *context);

/* Calls release(pointer, context) once the transaction has committed and every transaction that was open then has
 * ended; not at all if it does not commit. This is how memory that a collection's words pointed to is freed while other
 * transactions may still be reading it. With TRUCE_ALONE as if in a transaction that commits at once. TRUCE_OK or
 * TRUCE_NO_MEMORY. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_retire(truce_tx *tx, void *pointer, truce_release *release,
                                                      void *context);

/* Releases now what is retired and can be seen by nobody any more, this thread's and that of threads that ended. What
 * other running threads retired they release themselves, at their next commits. Cheap to call, never needed for
 * correctness. Not from a release callback. */
TRUCE_PUBLIC void truce_collect(void);

#ifdef __cplusplus
}
#endif

#endif
