/* What every call answers.
 *
 * A status is an int. Answers are >= 0, failures are < 0. After a failure the transaction is over: every later call on
 * it returns the same failure and does nothing, truce_commit included. Outputs are set to zero on every status but
 * TRUCE_OK.
 *
 * A program's own statuses: a transaction body that returns <= TRUCE_USER_ROLL_BACK is rolled back, one that returns
 * >= TRUCE_USER_COMMIT is committed, and truce_run hands the number through unchanged.
 */
#ifndef TRUCE_STATUS_H
#define TRUCE_STATUS_H

#include <truce/compiler.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int truce_status;

enum {
    /* Answers. */
    TRUCE_OK = 0,
    TRUCE_ABSENT = 1,  /* no such key, no such index */
    TRUCE_EMPTY = 2,   /* nothing to take */
    TRUCE_FULL = 3,    /* a bounded collection has no room */
    TRUCE_CLAIMED = 4, /* everything there is claimed by other transactions */

    /* Failures. */
    TRUCE_CONFLICT = -1,          /* an observation stopped being true; truce_run runs the body again */
    TRUCE_WAIT = -2,              /* the body asks to be run again later */
    TRUCE_NO_MEMORY = -3,         /* an allocation failed; nothing was changed */
    TRUCE_TIMED_OUT = -4,         /* the deadline passed */
    TRUCE_TOO_MANY_ATTEMPTS = -5, /* the limit of attempts is used up */
    TRUCE_TOO_LARGE = -6,         /* a key or a value over its maximum */
    TRUCE_CANCELLED = -7,         /* free for a body that gives up: rolled back, handed through */
    TRUCE_EXPIRED = -8,           /* a snapshot that was kept too long */
    TRUCE_UNEXPECTED = -9,        /* TRUCE_NEED met an answer other than TRUCE_OK */
    TRUCE_NO_RANDOM = -10,        /* the system gave no random bytes for the hash secret */
    TRUCE_TOO_LATE = -11,         /* a setting that is fixed by first use */

    /* The program's own begin here. */
    TRUCE_USER_ROLL_BACK = -1000,
    TRUCE_USER_COMMIT = 1000
};

/* The name of a status ("TRUCE_ABSENT"), or "a status of the program" from the user's ranges, or "unknown status".
 * Never NULL; the string is static. */
TRUCE_PUBLIC const char *truce_status_name(truce_status status);

/* Leaves the enclosing function with the status of `call` if that is a failure. */
#define TRUCE_TRY(call)                                                                                                \
    do {                                                                                                               \
        const truce_status truce_try_status_ = (call);                                                                 \
        if (truce_try_status_ < 0) return truce_try_status_;                                                           \
    } while (0)

/* Leaves the enclosing function unless `call` answers TRUCE_OK: with its failure, or with TRUCE_UNEXPECTED for any
 * other answer. */
#define TRUCE_NEED(call)                                                                                               \
    do {                                                                                                               \
        const truce_status truce_need_status_ = (call);                                                                \
        if (truce_need_status_ != TRUCE_OK) return truce_need_status_ < 0 ? truce_need_status_ : TRUCE_UNEXPECTED;     \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
