/* What the parts of a dict share: its effects, its observations, its count. The parts are
 *   dict.c          the public operations on keys
 *   dict_object.c   making and freeing
 *   dict_effect.c   a transaction's changes, before the commit
 *   dict_lookup.c   what a transaction sees under a key
 *   dict_bucket.c   buckets
 *   dict_observe.c  observations of one key, and judging them again
 *   dict_count.c    the number of keys
 *   dict_each.c     observations of everything
 *   dict_commit.c   effects: locking, installing, settling
 *   dict_grow.c     splitting buckets
 */
#ifndef TRUCE_DICT_PARTS_H
#define TRUCE_DICT_PARTS_H

#include "dict_table.h"
#include "object.h"
#include "operations.h"
#include "ticket.h"

/* What an effect does: truce_effect_.change. */
enum truce_change_ {
    TRUCE_CHANGE_SET_,    /* value: what the key holds then */
    TRUCE_CHANGE_REMOVE_,
    TRUCE_CHANGE_ADD_,    /* from here on updates: value is the operand */
    TRUCE_CHANGE_MAX_,
    TRUCE_CHANGE_MIN_,
    TRUCE_CHANGE_OR_,
    TRUCE_CHANGE_AND_,
    TRUCE_CHANGE_SEVERAL_ /* value: address of struct truce_updates_ */
};

/* One update of a word. */
struct truce_update_ {
    truce_update *function; /* NULL: `change` says */
    uint64_t operand;
    enum truce_change_ change;
};

/* Several updates, in order. In the attempt's arena. */
struct truce_updates_ {
    uint32_t count, capacity;
    struct truce_update_ *each;
};

/* An effect's flags. */
enum {
    TRUCE_EFFECT_OWNS_KEY_ = 2,     /* key: a node made for it, not in a table yet */
    TRUCE_EFFECT_OWNS_VALUE_ = 4,   /* value: a blob that is not in a table */
    TRUCE_EFFECT_HANDED_ = 8,       /* the word it set was handed out again: the caller's */
    TRUCE_EFFECT_BASE_HANDED_ = 16, /* what was committed under it was handed out: the caller's */
    TRUCE_EFFECT_FOUND_ = 32,       /* under the lock: the key is present, at place and slot */
    TRUCE_EFFECT_HAD_OLD_ = 64,     /* installed: `old` is the word that was overwritten and is released */
    TRUCE_EFFECT_WANTS_KEY_ = 128,  /* under the lock: the key is absent, and the effect has no node to put in */
    TRUCE_EFFECT_SEEN_ = 256,       /* the key was at place and slot when the cell's word was `old` */
    TRUCE_EFFECT_TICKET_ = 512      /* SET; value: address of a ticket */
};

/* A participant's marks. */
enum {
    TRUCE_DICT_CROWDED_ = 1, /* the count's lock was met */
    TRUCE_DICT_GROW_ = 2     /* worth a look whether to grow */
};

/* A record's flags. */
enum {
    TRUCE_RECORD_ABSENT_ = TRUCE_RECORD_OWN_1_,   /* seen: the key was absent */
    TRUCE_RECORD_COMPOSED_ = TRUCE_RECORD_OWN_2_  /* key: address of struct truce_composed_ */
};

/* An observation of one key that is more than its value or presence. In the attempt's arena. */
struct truce_composed_ {
    uint64_t key;                 /* as a record has it */
    struct truce_updates_ updates; /* own, laid over what is committed; count 0: none */
    uint64_t expected;            /* of replace */
};

/* Stops unless this is a dict that was not freed and the outputs were given. */
void truce_dict_require_(const truce_dict *dict, bool outputs);

/* The latest effect of the transaction on a key; NULL if there is none. */
struct truce_effect_ *truce_dict_effect_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key);

/* The updates of an effect, seen as a list; `one` is room for a list of one. */
struct truce_updates_ truce_effect_updates_(const struct truce_effect_ *effect, struct truce_update_ *one);

/* What a key holds after updates. */
uint64_t truce_updates_apply_(const struct truce_updates_ *updates, bool present, uint64_t value);

/* The updates copied into the attempt's arena; false when memory ran out. */
bool truce_updates_keep_(truce_tx *tx, const struct truce_updates_ *updates, struct truce_updates_ *kept);

/* Reads a key with `updates` laid over it and records that as an observation by `operation`: what is answered is the
 * value after them. The key is as a record has it. */
truce_status truce_dict_observe_over_(truce_tx *tx, truce_dict *dict, unsigned operation, uint64_t stored_key,
                                      const struct truce_updates_ *updates, uint64_t *value);

/* What a key holds for this transaction. */
struct truce_held_ {
    bool present;
    uint64_t value;
    struct truce_effect_ *effect; /* the own effect that decided it; NULL: it is what is committed, and was observed */
    bool ticket;                  /* value: address of a ticket */
};

/* dict_lookup.c. The key of an operation; TOO_LARGE if it is over the maximum. */
truce_status truce_dict_key_(const truce_dict *dict, truce_item item, struct truce_key_ *key);

/* What a record keeps of a key: the word, the node it was found as, or a copy that lives as long as the attempt. False
 * when memory ran out. */
bool truce_key_keep_(truce_tx *tx, const struct truce_key_ *key, const struct truce_node_ *node, uint64_t *kept);

/* The node of a byte key that is in the table at this moment, NULL if there is none. A hint: observes nothing. */
struct truce_node_ *truce_dict_peek_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key);

/* A node as a table has it; 0 when memory ran out. */
uint64_t truce_node_new_(truce_item key);

/* The value of a key; whether it is there; whether it holds what is expected (which is as the table has it): as the
 * transaction sees it. Observes what own work does not decide. */
truce_status truce_dict_look_up_(truce_tx *tx, truce_dict *dict, unsigned operation, const struct truce_key_ *key,
                                 struct truce_held_ *held);
truce_status truce_dict_look_up_presence_(truce_tx *tx, truce_dict *dict, unsigned operation,
                                          const struct truce_key_ *key, bool *present);
truce_status truce_dict_look_up_match_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key, uint64_t expected,
                                       bool *match);

/* dict_effect.c. What a key, or every key, will be after the transaction. */
truce_status truce_dict_change_to_set_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key, truce_item value);
truce_status truce_dict_change_to_removed_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key);
truce_status truce_dict_change_by_update_(truce_tx *tx, truce_dict *dict, const struct truce_key_ *key,
                                          struct truce_update_ update);
truce_status truce_dict_change_to_cleared_(truce_tx *tx, struct truce_participant_ *participant);

static inline truce_status truce_dict_no_memory_(truce_tx *tx)
{
    return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
}

/* dict_observe.c: the seam's recheck. */
enum truce_step_ truce_dict_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* dict_count.c: see there. */
enum truce_step_ truce_count_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* dict_each.c: see there. */
enum truce_step_ truce_each_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* dict_grow.c: splits buckets until the table is as large as its count asks for, or somebody is in the way. */
void truce_dict_grow_(truce_dict *dict, struct truce_thread_ *thread);

#endif
