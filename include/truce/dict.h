/* A dict: keys to values, changed by many threads inside transactions.
 *
 * Two transactions conflict over a dict only where one of them observed what the other changed:
 *
 * [conflicts: dict]
 * | observed                   | a value changes        | a key appears          | a key disappears       | by |
 * | ---                        | ---                    | ---                    | ---                    | --- |
 * | a value                    | same key               | same key               | same key               | get, get_many, copy, swap, pop, get_or_set |
 * | a presence                 | never                  | same key               | same key               | contains, remove |
 * | a match                    | same key, answer flips | same key, answer flips | same key, answer flips | replace |
 * | the count                  | never                  | count differs          | count differs          | len |
 * | a question about the count | never                  | answer flips           | answer flips           | len_at_least, is_empty |
 * | the key set                | never                  | any key                | any key                | each_key |
 * | the content                | any key                | any key                | any key                | each |
 * | nothing                    | never                  | never                  | never                  | set, add, max, min, or, and, apply, clear |
 * [conflicts end]
 *
 * Nothing else ever conflicts: not a neighbour in the bucket, an equal hash, a growing table, or an equal value written
 * over an equal one. A transaction sees its own effects in every answer; what they alone decide observes nothing.
 *
 * Ownership. Words are copied in and out, and what a word points to is the program's own; it must not change while the
 * word is in a dict. Byte keys and values are copied during the call. With a release callback (word values only) the
 * dict owns the words it holds:
 *   given by set, swap, ... in an attempt that aborts, or refused (get_or_set found one, replace did not match):
 *     still the caller's, not called;
 *   given, then overwritten or removed by the same transaction, which commits: called once;
 *   overwritten, removed without asking for it, cleared, or the dict freed: called once, when nobody can see it any
 *     more; the same word over itself: not called;
 *   handed out by pop or swap: the caller's at commit, not called; others may still read it: free it with truce_retire.
 * Each key owns its word by itself: to move one to another key take it out with pop or swap. The word 0 is a word as any
 * other.
 *
 * Every function is called with an open transaction of the calling thread, or with TRUCE_ALONE. Every function that
 * returns a status may return, beside the answers it names: TRUCE_CONFLICT (an earlier observation of the transaction
 * stopped being true), TRUCE_NO_MEMORY, TRUCE_TIMED_OUT, TRUCE_TOO_LARGE (a key or a value over its maximum), or the
 * failure that ended the transaction before. With any of these nothing was observed and nothing changed.
 *
 * Where values are words without a release callback, set, swap and get_or_set take a ticket as well: see
 * truce_list_append_ticket. Updating, copying or comparing with one before the commit is a misuse.
 *
 * Misuse, beside what tx.h names: a key or a value of the wrong kind, an output that is NULL.
 *
 * Cost: an operation on a word key touches one bucket, two adjacent cache lines; byte keys one line more. Table, word
 * to word, growth included: some 40 bytes an entry from 30,000 entries on; below, where it fits a processor's own cache,
 * some 55, and in the smallest twice 40 at most. It does not shrink. A dict that was never written takes 256 bytes.
 *
 *     truce_dict *ages;
 *     truce_dict_options options = TRUCE_DICT_OPTIONS_INIT;
 *     options.keys = TRUCE_BYTES;
 *     if (truce_dict_new(&options, &ages) != TRUCE_OK) return 1;
 *     truce_status status = truce_dict_set(TRUCE_ALONE, ages, truce_text("ada"), truce_word(36));
 */
#ifndef TRUCE_DICT_H
#define TRUCE_DICT_H

#include <truce/tx.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_dict truce_dict;

#define TRUCE_KEY_SIZE_MAX 65535u /* bytes of a byte key */

/* Options of a dict. NULL, or a zero field, is the default. */
typedef struct truce_dict_options {
    size_t size;            /* of this struct */
    const char *name;       /* for reports; copied, cut after 63 bytes */
    uint32_t keys;          /* TRUCE_WORD (default) or TRUCE_BYTES */
    uint32_t values;        /* TRUCE_WORD (default) or TRUCE_BYTES */
    truce_release *release; /* called with each word the dict owns when it is done with it; NULL: none.
                               With byte values a misuse */
    void *release_context;
} truce_dict_options;

#define TRUCE_DICT_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(truce_dict_options), NULL, 0, 0, NULL, NULL                                                             \
    }

/* Makes an empty dict. TRUCE_OK, TRUCE_NO_MEMORY, or TRUCE_NO_RANDOM when the system gives no secret for hashing; *dict
 * is NULL then. Owns: the caller, until truce_dict_free. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_new(const truce_dict_options *options, truce_dict **dict);

/* Frees a dict and everything in it, once every transaction open now has ended; release callbacks are called then.
 * From the call on, using it is a misuse, which is noticed as long as such a transaction is open. A transaction with
 * effects that used it must not commit any more: that is a misuse too. NULL: nothing happens. */
TRUCE_PUBLIC void truce_dict_free(truce_dict *dict);

/* get: the value of `key`. TRUCE_OK, or TRUCE_ABSENT with *value zero. Observes the value, or the absence. Bytes stay
 * readable until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_get(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        truce_item *value);

/* get_many: get of `count` keys; their cache misses overlap. values[i] has kind TRUCE_NONE where keys[i] is absent.
 * TRUCE_OK; on a failure all values are zero. With TRUCE_ALONE all of them are of one instant. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_get_many(truce_tx *tx, truce_dict *dict, const truce_item *keys,
                                                             size_t count, truce_item *values);

/* copy: the value of `key` copied into `buffer`, as much as `capacity_bytes` hold; *size_bytes is its whole size, to be
 * compared with the capacity. A word counts as its 8 bytes. TRUCE_OK, or TRUCE_ABSENT with *size_bytes 0. Observes what
 * get observes. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_copy(truce_tx *tx, truce_dict *dict, truce_item key, void *buffer,
                                                         size_t capacity_bytes, size_t *size_bytes);

/* contains: whether `key` is present. TRUCE_OK. Observes only that, not the value. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_contains(truce_tx *tx, truce_dict *dict, truce_item key,
                                                             bool *present);

/* set: `key` holds `value`. TRUCE_OK. Observes nothing: two sets of one key don't conflict, the later commit stays. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_set(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        truce_item value);

/* remove: `key` is absent. TRUCE_OK. With `was_present` observes the presence, with NULL nothing. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_remove(truce_tx *tx, truce_dict *dict, truce_item key,
                                                           bool *was_present);

/* swap: `key` holds `value`; *old is what it held. TRUCE_OK, or TRUCE_ABSENT if it was absent (and holds `value` now).
 * Observes what it held. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_swap(truce_tx *tx, truce_dict *dict, truce_item key,
                                                         truce_item value, truce_item *old);

/* pop: `key` is absent; *old is what it held. TRUCE_OK, or TRUCE_ABSENT if it was absent. Observes what it held. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_pop(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        truce_item *old);

/* get_or_set: the value of `key`; if it is absent it holds `value` from now on. TRUCE_OK; *now is what it holds
 * afterwards, *was_present (which may be NULL) tells whether it was there before. Observes the value or the absence. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_get_or_set(truce_tx *tx, truce_dict *dict, truce_item key,
                                                               truce_item value, truce_item *now, bool *was_present);

/* replace: if `key` holds `expected` it holds `value` from now on, and *replaced is true. TRUCE_OK. Observes only
 * whether it holds `expected`. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_replace(truce_tx *tx, truce_dict *dict, truce_item key,
                                                            truce_item expected, truce_item value, bool *replaced);

/* Blind updates: applied at commit, in commit order, to what `key` holds then; afterwards it is present, also with the
 * value 0. They observe nothing and never conflict with each other. add: modulo 2^64; an absent key counts as 0. The
 * others take the operand when the key is absent. max and min compare as signed numbers. TRUCE_OK. Word values only,
 * and no release callback (else a misuse). */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_add(truce_tx *tx, truce_dict *dict, truce_item key, int64_t delta);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_max(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        int64_t operand);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_min(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        int64_t operand);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_or(truce_tx *tx, truce_dict *dict, truce_item key,
                                                       int64_t operand);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_and(truce_tx *tx, truce_dict *dict, truce_item key,
                                                        int64_t operand);

/* apply: a blind update of the program's own: at commit `key` holds update(what it holds then, operand). `update` gets
 * TRUCE_NONE for an absent key and must return a word. It is called while the bucket is locked, perhaps more than once,
 * before anything is changed: it must be pure, short, and must not call the library; truce_check_update (check.h) tries
 * whether it is pure. Otherwise as the blind updates above. */
typedef truce_item truce_update(truce_item now, truce_item operand);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_apply(truce_tx *tx, truce_dict *dict, truce_item key,
                                                          truce_update *update, truce_item operand);

/* len: the number of keys. TRUCE_OK. Observes exactly that number: two changes that cancel out don't disturb it. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_len(truce_tx *tx, truce_dict *dict, size_t *count);

/* len_at_least: whether there are `n` keys or more; is_empty: whether there are none. TRUCE_OK. Observe only that. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_len_at_least(truce_tx *tx, truce_dict *dict, size_t n, bool *yes);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_is_empty(truce_tx *tx, truce_dict *dict, bool *yes);

/* each: every key with its value, in no particular order, as of one instant, the transaction's own work included.
 * TRUCE_OK, or what `visit` stopped with. Observes the content; stopped early, what was handed out and nothing of the
 * rest. Others that keep changing the dict make it look for such an instant again and again; a deadline ends that.
 * each_key: hands out TRUCE_NONE for the values and observes the key set only. Cost: one pass over the table, and some
 * 30 bytes an entry until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_each(truce_tx *tx, truce_dict *dict, truce_visit *visit,
                                                         void *context);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_each_key(truce_tx *tx, truce_dict *dict, truce_visit *visit,
                                                             void *context);

/* clear: every key is absent. TRUCE_OK. Observes nothing. Cost: at commit one pass over the table, every bucket locked
 * meanwhile. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_dict_clear(truce_tx *tx, truce_dict *dict);

#ifdef __cplusplus
}
#endif

#endif
