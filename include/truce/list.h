/* A list: values by index, changed by many threads inside transactions. An index is a position at the commit.
 *
 * Two transactions conflict over a list only where one of them observed what the other changed:
 *
 * [conflicts: list]
 * | observed                   | a value is overwritten | values are added       | values are taken away  | by |
 * | ---                        | ---                    | ---                    | ---                    | --- |
 * | the value at an index      | same index             | another is there       | another is there       | get, copy, remove, each |
 * | whether it is in range     | never                  | answer flips           | answer flips           | set, add, insert |
 * | the length                 | never                  | length differs         | length differs         | append_at, len |
 * | a question about it        | never                  | answer flips           | answer flips           | len_at_least, is_empty |
 * | the last value             | it is the last         | another is the last    | another is the last    | last, pop |
 * | nothing                    | never                  | never                  | never                  | own, append, extend, append_ticket, clear |
 * [conflicts end]
 *
 * In each of these only if the answer would be another one now: an insert disturbs who read an index behind it only
 * where the value there is not what it was. Nothing else ever conflicts: not a neighbour in the same cache line, a
 * growing list, or an equal value written over an equal one. append and extend observe nothing: where the elements come
 * to stand is settled at the commit, in commit order; the elements of one transaction stand together and in its order.
 * A transaction sees its own effects in every answer; what they alone decide observes nothing.
 *
 * Explained: a conflict over the value at an index, or over whether it is in range (set, add, insert, remove without
 * asking for the value: seen and now are the words 0 and 1), names the index; one over last, pop, or the length does
 * not.
 *
 * Ownership. Words are copied in and out, and what a word points to is the program's own; it must not change while the
 * word is in a list. Byte values are copied during the call. With a release callback (word values only) the list owns
 * the words it holds:
 *   given by append, set, ... in an attempt that aborts, or refused (an index out of range): still the caller's, not
 *     called;
 *   given, then overwritten or removed by the same transaction, which commits: called once;
 *   overwritten, removed without asking for it, cleared, or the list freed: called once, when nobody can see it any
 *     more; the same word over itself, or taken out and put back by one transaction: not called;
 *   handed out by pop or remove: the caller's at commit, not called; others may still read it: free it with
 *     truce_retire.
 * Within a transaction a word is the same wherever it stands in the list: it may be moved by set, insert and remove in
 * any order. The word 0 is a word as any other.
 *
 * Every function but append_ticket is called with an open transaction of the calling thread, or with TRUCE_ALONE. Every function that
 * returns a status may return, beside the answers it names: TRUCE_CONFLICT (an earlier observation of the transaction
 * stopped being true), TRUCE_NO_MEMORY, TRUCE_TIMED_OUT, TRUCE_TOO_LARGE (over TRUCE_VALUE_SIZE_MAX), or the failure
 * that ended the transaction before. With any of these nothing was observed and nothing changed.
 *
 * Misuse, beside what tx.h names: a value of the wrong kind, an output that is NULL, a ticket where none is allowed.
 *
 * Cost: get and set touch one cache line, whatever else is done to the list; at the commit append touches the end and
 * the line it writes; insert and remove in the middle rewrite everything behind their place, while it is locked. For
 * each further answer a transaction that has inserted, removed or popped looks through what it did. Growing never moves
 * an element. Memory: at most 12 bytes an element from some thousand on; a list that was never written takes 128 bytes,
 * one of up to seven words some 224. It does not shrink. Tickets and changes in the middle in one transaction cost their
 * product.
 *
 *     truce_list *log;
 *     if (truce_list_new(NULL, &log) != TRUCE_OK) return 1;
 *     truce_status status = truce_list_append(TRUCE_ALONE, log, truce_word(36));
 */
#ifndef TRUCE_LIST_H
#define TRUCE_LIST_H

#include <truce/tx.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct truce_list truce_list;

/* Options of a list. NULL, or a zero field, is the default. */
typedef struct truce_list_options {
    size_t size;            /* of this struct */
    const char *name;       /* for reports; copied, cut after 63 bytes */
    uint32_t values;        /* TRUCE_WORD (default) or TRUCE_BYTES */
    truce_release *release; /* called with each word the list owns when it is done with it; NULL: none.
                               With byte values a misuse */
    void *release_context;
} truce_list_options;

#define TRUCE_LIST_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(truce_list_options), NULL, 0, NULL, NULL                                                                \
    }

/* Makes an empty list. TRUCE_OK, or TRUCE_NO_MEMORY; *list is NULL then. Owns: the caller, until truce_list_free. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_new(const truce_list_options *options, truce_list **list);

/* Frees a list and everything in it, once every transaction open now has ended; release callbacks are called then.
 * From the call on, using it is a misuse, which is noticed as long as such a transaction is open. A transaction with
 * effects that used it must not commit any more: that is a misuse too. NULL: nothing happens. */
TRUCE_PUBLIC void truce_list_free(truce_list *list);

/* get: the value at `index`. TRUCE_OK, or TRUCE_ABSENT with *value zero if the index is out of range. Observes the
 * value, or that the list ends before. Bytes stay readable until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_get(truce_tx *tx, truce_list *list, size_t index,
                                                        truce_item *value);

/* copy: the value at `index` copied into `buffer`, as much as `capacity_bytes` hold; *size_bytes is its whole size, to
 * be compared with the capacity. A word counts as its 8 bytes. TRUCE_OK, or TRUCE_ABSENT with *size_bytes 0. Observes
 * what get observes. A ticket can't be copied: a misuse. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_copy(truce_tx *tx, truce_list *list, size_t index, void *buffer,
                                                         size_t capacity_bytes, size_t *size_bytes);

/* set: `index` holds `value`. TRUCE_OK, or TRUCE_ABSENT if it is out of range. Observes only which of the two. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_set(truce_tx *tx, truce_list *list, size_t index,
                                                        truce_item value);

/* add: a blind update: at the commit the word at `index` is what it is then, plus `delta`, modulo 2^64. TRUCE_OK, or
 * TRUCE_ABSENT if the index is out of range. Observes only which of the two. Word values only, and no release callback
 * (else a misuse). */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_add(truce_tx *tx, truce_list *list, size_t index, int64_t delta);

/* append: `value` at the end; extend: `count` values, in order. TRUCE_OK. Observe nothing. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_append(truce_tx *tx, truce_list *list, truce_item value);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_extend(truce_tx *tx, truce_list *list, const truce_item *values,
                                                           size_t count);

/* append_ticket: append; *ticket stands for the index that the element will have. TRUCE_OK. Observes nothing. Needs a
 * transaction: with TRUCE_ALONE a misuse.
 *
 * In this attempt the ticket can be stored as a value wherever values are words without a release callback (whatever
 * takes a value in a list; set, swap, get_or_set of a dict; push of a queue; set, swap of a var). Until the commit it reads
 * back as the ticket, an item of kind TRUCE_TICKET; committed is the index of its element as a word, all of the
 * transaction's effects included, or the largest word if the transaction took the element away again. It does not
 * follow what later transactions insert. Anywhere else, in another attempt or after the end it is a misuse. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_append_ticket(truce_tx *tx, truce_list *list, truce_item value,
                                                                  truce_item *ticket);

/* append_at: append; *index is where. TRUCE_OK. Observes the length. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_append_at(truce_tx *tx, truce_list *list, truce_item value,
                                                              size_t *index);

/* insert: `value` at `index`, which may be the length; what was there and behind moves up. TRUCE_OK, or TRUCE_ABSENT if
 * the list is shorter than `index`. Observes only which of the two. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_insert(truce_tx *tx, truce_list *list, size_t index,
                                                           truce_item value);

/* remove: takes the element at `index` out; what is behind moves down. TRUCE_OK, or TRUCE_ABSENT if the index is out of
 * range. With `old` observes the value, with NULL only whether it is in range. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_remove(truce_tx *tx, truce_list *list, size_t index,
                                                           truce_item *old);

/* last: the last value; pop: takes it out. TRUCE_OK, or TRUCE_EMPTY with *value zero. Observe that value, not the
 * length; or that the list is empty. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_last(truce_tx *tx, truce_list *list, truce_item *value);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_pop(truce_tx *tx, truce_list *list, truce_item *value);

/* len: the number of elements. TRUCE_OK. Observes exactly that number. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_len(truce_tx *tx, truce_list *list, size_t *count);

/* len_at_least: whether there are `n` elements or more; is_empty: whether there are none. TRUCE_OK. Observe only
 * that. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_len_at_least(truce_tx *tx, truce_list *list, size_t n, bool *yes);
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_is_empty(truce_tx *tx, truce_list *list, bool *yes);

/* own: what this attempt gave with its `number`-th append (counted from 0, those of extend, append_ticket and append_at
 * included), whatever became of it since. TRUCE_OK, or TRUCE_ABSENT if there were not so many. Observes nothing. With
 * TRUCE_ALONE there are none. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_own(truce_tx *tx, truce_list *list, size_t number,
                                                        truce_item *value);

/* each: the elements from index `from` on, up to but without `to`, in order, each with its index, as of one instant,
 * the transaction's own work included; what `visit` does to the list it does not see. TRUCE_OK, or what `visit` stopped
 * with. Observes the values handed out, and that the list ends if it does before `to`. Cost: some 32 bytes an element
 * until the attempt ends. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_each(truce_tx *tx, truce_list *list, size_t from, size_t to,
                                                         truce_visit *visit, void *context);

/* clear: the list is empty. TRUCE_OK. Observes nothing. Cost: at the commit one pass over the list, every line locked
 * meanwhile. */
TRUCE_PUBLIC TRUCE_MUST_USE truce_status truce_list_clear(truce_tx *tx, truce_list *list);

#ifdef __cplusplus
}
#endif

#endif
