/* A var: one value, read and changed by many threads inside transactions. It is what a dict has under one key that is
 * always present, without the dict.
 *
 * Two transactions conflict over a var only where one of them observed the value and the other changed it:
 *
 * [conflicts: var]
 * | observed                   | the value changes      | by |
 * | ---                        | ---                    | --- |
 * | the value                  | always                 | get, copy, swap |
 * | nothing                    | never                  | set, add |
 * [conflicts end]
 *
 * An equal value written over an equal one changes nothing. A transaction sees its own effects in every answer; what
 * they alone decide (get after set or swap) observes nothing; get after add observes what lies under it.
 *
 * Ownership. Words are copied in and out, and what a word points to is the program's own; it must not change while the
 * word is in a var. Byte values are copied during the call. With a release callback (words only) the var owns the word
 * it holds, the initial one included, except for the word 0, which stands for nothing and is never released:
 *   given by set or swap in an attempt that aborts: still the caller's, not called;
 *   given, then overwritten by the same transaction, which commits: called once;
 *   overwritten by set, or the var freed: called once, when nobody can see it any more; the same word over itself: not
 *     called;
 *   handed out by swap: the caller's at commit, not called; others may still read it: free it with truce_retire.
 *
 * Every function is called with an open transaction of the calling thread, or with TRUCE_ALONE. Every function that
 * returns a status may return, beside the answers it names: TRUCE_CONFLICT (an earlier observation of the transaction
 * stopped being true), TRUCE_NO_MEMORY, TRUCE_TIMED_OUT, TRUCE_TOO_LARGE (bytes over TRUCE_VALUE_SIZE_MAX), or the
 * failure that ended the transaction before. With any of these nothing was observed and nothing changed. In a
 * truce_conflict the key is TRUCE_NONE.
 *
 * Where the value is a word without a release callback, set and swap take a ticket as well: see
 * truce_list_append_ticket. Copying or adding to one before the commit is a misuse.
 *
 * Misuse, beside what tx.h names: a value of the wrong kind, an output that is NULL.
 *
 * Cost: 64 bytes, one cache line; bytes are one more.
 *
 *     truce_var *settings;
 *     truce_var_options options = TRUCE_VAR_OPTIONS_INIT;
 *     options.release = free_settings;
 *     options.initial = truce_ptr(read_settings());
 *     if (truce_var_new(&options, &settings) != TRUCE_OK) return 1;
 *     truce_status status = truce_var_set(TRUCE_ALONE, settings, truce_ptr(read_settings()));
 */
#ifndef TRUCE_VAR_H
#define TRUCE_VAR_H

#include <truce/tx.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_var truce_var;

/* Options of a var. NULL, or a zero field, is the default. */
typedef struct truce_var_options {
    size_t size;            /* of this struct */
    const char *name;       /* for reports; copied, cut after 63 bytes */
    uint32_t values;        /* TRUCE_WORD (default) or TRUCE_BYTES */
    truce_release *release; /* called with each word the var owns when it is done with it; NULL: none.
                               With bytes a misuse */
    void *release_context;
    truce_item initial; /* the value at first; TRUCE_NONE: the word 0, or no bytes */
} truce_var_options;

#define TRUCE_VAR_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(truce_var_options), NULL, 0, NULL, NULL, {0, 0, 0}                                                      \
    }

/* Makes a var. TRUCE_OK, or with *var NULL and the initial word still the caller's: TRUCE_NO_MEMORY, or
 * TRUCE_TOO_LARGE. Owns: the caller, until truce_var_free. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_new(const truce_var_options *options, truce_var **var);

/* Frees a var and its value, once every transaction open now has ended; the release callback is called then. From the
 * call on, using it is a misuse, which is noticed as long as such a transaction is open. A transaction with effects on
 * it must not commit any more: that is a misuse too. NULL: nothing happens. */
TRUCE_PUBLIC void truce_var_free(truce_var *var);

/* get: the value. TRUCE_OK. Observes it. Bytes stay readable until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_get(truce_tx *tx, truce_var *var, truce_item *value);

/* copy: the value copied into `buffer`, as much as `capacity_bytes` hold; *size_bytes is its whole size, to be compared
 * with the capacity. A word counts as its 8 bytes. TRUCE_OK. Observes what get observes. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_copy(truce_tx *tx, truce_var *var, void *buffer,
                                                        size_t capacity_bytes, size_t *size_bytes);

/* set: the var holds `value`. TRUCE_OK. Observes nothing: two sets don't conflict, the later commit stays. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_set(truce_tx *tx, truce_var *var, truce_item value);

/* swap: the var holds `value`; *old is what it held. TRUCE_OK. Observes what it held. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_swap(truce_tx *tx, truce_var *var, truce_item value,
                                                        truce_item *old);

/* add: the var holds a word that is more by `delta`, modulo 2^64; applied at commit, in commit order, to what it holds
 * then. TRUCE_OK. Observes nothing. Words only, and no release callback (else a misuse). For a word that many threads
 * add to and few read, there is truce_counter. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_var_add(truce_tx *tx, truce_var *var, int64_t delta);

#ifdef __cplusplus
}
#endif

#endif
