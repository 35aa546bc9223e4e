/* Checking a function for truce_dict_apply, in the program's own tests.
 *
 * Such a function must be pure, since it may be called several times for one update, and at any time: the same
 * arguments give the same word. If it commutes as well (of two updates of a key it doesn't matter which comes first),
 * what a key holds in the end does not depend on the order of commits.
 *
 *     static truce_item count_up(truce_item now, truce_item operand)
 *     {
 *         return truce_word(now.kind == TRUCE_NONE ? operand.word : now.word + operand.word);
 *     }
 *
 *     truce_check_options options = TRUCE_CHECK_OPTIONS_INIT;
 *     truce_check_fault fault = TRUCE_CHECK_FAULT_INIT;
 *     char text[200];
 *     options.claims = TRUCE_COMMUTES;
 *     if (truce_check_update(count_up, &options, &fault) != TRUCE_OK) {
 *         truce_check_text(&fault, text, sizeof text);
 *         puts(text);
 *     }
 *
 * Finding nothing proves nothing: what is tried are some thousand values. They are the same in every run with the same
 * options.
 */
#ifndef TRUCE_CHECK_H
#define TRUCE_CHECK_H

#include <truce/dict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What may be claimed about an update, beside that it is pure. */
enum {
    TRUCE_COMMUTES = 1 /* update(update(now, a), b) equals update(update(now, b), a), also for an absent key */
};

/* Options of a check. NULL, or a zero field, is the default. */
typedef struct truce_check_options {
    size_t size;              /* of this struct */
    uint32_t claims;          /* TRUCE_COMMUTES, or 0 */
    uint64_t seed;            /* of what is random; any number will do */
    uint64_t count;           /* how many cases are tried; default 20000 */
    const uint64_t *values;   /* what a key may hold; NULL: everything */
    size_t value_count;       /* an absent key is tried in any case */
    const uint64_t *operands; /* what operands there may be; NULL: everything */
    size_t operand_count;
} truce_check_options;

#define TRUCE_CHECK_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(truce_check_options), 0, 0, 0, NULL, 0, NULL, 0                                                         \
    }

/* A rule that was broken, and the case that shows it. */
typedef struct truce_check_fault {
    size_t size;       /* of this struct: set before the call */
    const char *rule;  /* a sentence that says which; static. NULL: none was */
    truce_item now;    /* what the key held; TRUCE_NONE: it was absent */
    truce_item a, b;   /* the operands; b is TRUCE_NONE where it is about one */
    truce_item first;  /* what came out; of a before b */
    truce_item second; /* of the same call later, or of b before a; TRUCE_NONE where `first` itself is wrong */
} truce_check_fault;

#define TRUCE_CHECK_FAULT_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(truce_check_fault), NULL, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}                         \
    }

/* Calls `update` with many values and operands: first every combination of an absent key, 0, 1, -1 and the least and
 * the largest number, then powers of two, their neighbours, and random numbers of every size; or what the options name.
 * In each case it must return a word; the same again at once, and again after other calls, in another order; and, if
 * that is claimed, the same whichever of two operands comes first.
 *
 * TRUCE_OK: no rule was broken. TRUCE_UNEXPECTED: one was; *fault is the first case that shows it (`fault` may be
 * NULL). Misuse: no update, a list of no values.
 *
 * It can't see what a function does beside returning a result: it must not call the library, wait, or write to what
 * others see. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_check_update(truce_update *update, const truce_check_options *options,
                                                            truce_check_fault *fault);

/* Writes the fault as a sentence into `text`, at most `capacity` bytes with the closing NUL, cut where it does not fit.
 * Returns the length of the whole sentence, NUL not counted. */
TRUCE_PUBLIC size_t truce_check_text(const truce_check_fault *fault, char *text, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
