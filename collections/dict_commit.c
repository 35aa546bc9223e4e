/* A dict's effects in the commit: the functions of the seam. */
#include "dict_parts.h"

#include <string.h>

static truce_dict *dict_of(const struct truce_participant_ *participant)
{
    return truce_dict_of_(participant->object);
}

static struct truce_bucket_ *head_of(const struct truce_lock_ *lock)
{
    return (struct truce_bucket_ *)lock->cell;
}

uint64_t truce_updates_apply_(const struct truce_updates_ *updates, bool present, uint64_t value)
{
    for (uint32_t i = 0; i < updates->count; i++) {
        const struct truce_update_ *update = &updates->each[i];
        const uint64_t operand = update->operand;
        if (update->function != NULL) {
            const truce_item none = {0, 0, TRUCE_NONE};
            const truce_item result = update->function(present ? truce_word(value) : none, truce_word(operand));
            if (result.kind != TRUCE_WORD) truce_misuse_("the function given to truce_dict_apply must return a word");
            value = result.word;
        } else if (!present) {
            value = operand; /* add to 0 included */
        } else if (update->change == TRUCE_CHANGE_ADD_) {
            value += operand;
        } else if (update->change == TRUCE_CHANGE_MAX_) {
            if ((int64_t)operand > (int64_t)value) value = operand;
        } else if (update->change == TRUCE_CHANGE_MIN_) {
            if ((int64_t)operand < (int64_t)value) value = operand;
        } else if (update->change == TRUCE_CHANGE_OR_) {
            value |= operand;
        } else {
            value &= operand;
        }
        present = true;
    }
    return value;
}

struct truce_updates_ truce_effect_updates_(const struct truce_effect_ *effect, struct truce_update_ *one)
{
    if (effect->change == TRUCE_CHANGE_SEVERAL_) return *(const struct truce_updates_ *)(uintptr_t)effect->value;
    *one = (struct truce_update_){NULL, effect->value, effect->change};
    return (struct truce_updates_){1, 1, one};
}

/* How many calls of truce_epoch_retire_ taking one entry out may need, without its chained bucket. */
static uint32_t retires_an_entry(const truce_dict *dict)
{
    return (uint32_t)truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_) +
           (uint32_t)truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_ | TRUCE_DICT_RELEASES_);
}

/* A node for a key that was found to be absent. The one the effect refers to was in the table once, or is a copy. */
static bool reserve_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    if (!(effect->flags & TRUCE_EFFECT_WANTS_KEY_)) return true;
    const uint64_t node = truce_node_new_(truce_stored_key_item_(dict_of(effect->participant), effect->key));
    if (node == 0) return false;
    effect->key = node;
    effect->flags = (uint16_t)((effect->flags & ~TRUCE_EFFECT_WANTS_KEY_) | TRUCE_EFFECT_OWNS_KEY_);
    tx->settles = true;
    return true;
}

/* Locking. */

/* One more key will be put into a bucket: says so if that takes a spare one. */
static void need_room(truce_tx *tx, struct truce_lock_ *lock, bool cleared)
{
    if (!lock->prepared) {
        lock->prepared = true;
        lock->room = cleared ? TRUCE_SLOTS_ : truce_bucket_room_(head_of(lock), lock->low);
    }
    if (--lock->room < 0) {
        lock->room += TRUCE_SLOTS_;
        tx->needs.spares++;
    }
}

/* Counts what a cleared dict holds: all of it goes. */
struct clearing {
    const truce_dict *dict;
    truce_tx *tx;
    struct truce_participant_ *participant;
    const struct truce_bucket_ *last_holder;
};

static enum truce_step_ count_entry(void *context, struct truce_bucket_ *holder, unsigned slot)
{
    struct clearing *clearing = context;
    (void)slot;
    clearing->participant->net--;
    clearing->tx->needs.retires += retires_an_entry(clearing->dict);
    if (holder != clearing->last_holder) clearing->tx->needs.retires++; /* a chained bucket, perhaps */
    clearing->last_holder = holder;
    return TRUCE_STEP_DONE_;
}

/* Locks every bucket. While all are locked none can be split, so the number of buckets holds. */
static enum truce_step_ lock_everything(truce_tx *tx, struct truce_participant_ *participant)
{
    truce_dict *dict = dict_of(participant);
    struct clearing clearing = {dict, tx, participant, NULL};
    for (uint32_t i = 0; i < truce_shape_count_(truce_dict_shape_(dict)); i++) {
        const uint32_t count = truce_shape_count_(truce_dict_shape_(dict));
        if (tx->lock_capacity - tx->lock_count < count - i) {
            tx->needs.locks = tx->lock_count + count + (uint32_t)tx->effect_count + 64;
            return TRUCE_STEP_NEEDS_;
        }
        uint32_t lock;
        struct truce_bucket_ *head = truce_bucket_at_(dict, i);
        const enum truce_step_ step = truce_lock_(tx, &head->word, &lock);
        if (step != TRUCE_STEP_DONE_) return step;
        const struct truce_look_ look = {&head->word, truce_load_relaxed_(&head->word), tx->locks[lock].old_word};
        clearing.last_holder = head;
        truce_bucket_each_(&look, count_entry, &clearing);
    }
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ lock_object(truce_tx *tx, struct truce_participant_ *participant)
{
    if (truce_dict_has_(dict_of(participant), TRUCE_DICT_RELEASES_)) tx->needs.retires += participant->superseded;
    return participant->cleared ? lock_everything(tx, participant) : TRUCE_STEP_DONE_;
}

/* Finds the effect's key in its bucket, which is locked: nothing is in the way. */
static struct truce_place_ find(const truce_dict *dict, const struct truce_effect_ *effect,
                                const struct truce_lock_ *lock)
{
    const bool bytes = truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_);
    const uint64_t slot_word = bytes ? effect->hash : effect->key;
    const struct truce_look_ look = {lock->cell, truce_load_relaxed_(lock->cell), lock->old_word};
    const struct truce_key_ key = {effect->hash, slot_word, truce_stored_key_item_(dict, effect->key)};
    struct truce_place_ place = {NULL, 0};
    truce_bucket_find_(&look, &key, &place);
    return place;
}

__attribute__((noinline)) static enum truce_step_ lock_slow(truce_tx *tx, struct truce_effect_ *effect)
{
    struct truce_participant_ *participant = effect->participant;
    truce_dict *dict = dict_of(participant);
    for (;;) {
        const uint64_t shape = truce_dict_shape_(dict);
        struct truce_bucket_ *head = truce_bucket_at_(dict, truce_shape_bucket_(shape, effect->hash));
        const uint32_t locks_before = tx->lock_count;
        const enum truce_step_ step = truce_lock_(tx, &head->word, &effect->lock);
        if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
        if (TRUCE_LIKELY_(truce_dict_bucket_(dict, effect->hash) == head)) break; /* [shape] */
        if (tx->lock_count != locks_before) truce_lock_undo_(tx);
    }
    struct truce_lock_ *lock = &tx->locks[effect->lock];
    struct truce_place_ place = {NULL, 0};
    if (!participant->cleared) place = find(dict, effect, lock);
    effect->place = place.holder;
    effect->slot = (uint8_t)place.slot;
    effect->flags &= (uint16_t) ~(TRUCE_EFFECT_FOUND_ | TRUCE_EFFECT_WANTS_KEY_);
    tx->needs.retires += retires_an_entry(dict);
    if (place.holder != NULL) {
        effect->flags |= TRUCE_EFFECT_FOUND_;
        if (effect->change == TRUCE_CHANGE_REMOVE_) {
            participant->net--;
            if (place.holder != head_of(lock)) { /* a chained bucket may go, with the room that is counted on */
                tx->needs.retires++;
                tx->needs.spares++;
            }
        }
    } else if (effect->change != TRUCE_CHANGE_REMOVE_) {
        participant->net++;
        need_room(tx, lock, participant->cleared);
        if (truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_) && !(effect->flags & TRUCE_EFFECT_OWNS_KEY_)) {
            effect->flags |= TRUCE_EFFECT_WANTS_KEY_;
            tx->needs.effects++;
        }
    }
    /* The program's functions run before the point of no return: one that breaks its contract changes nothing. */
    if (effect->change == TRUCE_CHANGE_SEVERAL_) {
        const bool present = place.holder != NULL;
        const uint64_t now = present ? truce_load_relaxed_(truce_slot_value_(dict, place.holder, place.slot)) : 0;
        const struct truce_updates_ *updates = (const struct truce_updates_ *)(uintptr_t)effect->value;
        effect->old = truce_updates_apply_(updates, present, now); /* ours: the head is locked */
    }
    return TRUCE_STEP_DONE_;
}

/* A key of a plain dict that was there when the effect was made, in a bucket whose word has not changed since, is there
 * still. Only keys that belong into a bucket are ever in it, so the shape need not be looked at. */
static enum truce_step_ lock_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    const bool seen = (effect->flags & TRUCE_EFFECT_SEEN_) && effect->change < TRUCE_CHANGE_SEVERAL_ &&
                      effect->change != TRUCE_CHANGE_REMOVE_;
    effect->flags &= (uint16_t)~TRUCE_EFFECT_SEEN_; /* when locks were given up the place is found again */
    if (TRUCE_LIKELY_(seen && truce_lock_as_seen_(tx, &((struct truce_bucket_ *)effect->place)->word, effect->old,
                                                  &effect->lock))) {
        effect->flags |= TRUCE_EFFECT_FOUND_;
        return TRUCE_STEP_DONE_;
    }
    return lock_slow(tx, effect);
}

static enum truce_step_ lock_counts(truce_tx *tx, struct truce_participant_ *participant)
{
    if (participant->net == 0) return TRUCE_STEP_DONE_;
    bool crowded = false;
    const enum truce_step_ step =
        truce_sum_lock_(tx, &dict_of(participant)->count, &participant->count_lock, &crowded);
    if (crowded) participant->marks |= TRUCE_DICT_CROWDED_;
    return step;
}

/* Installing. */

static void retire_value(truce_tx *tx, const truce_dict *dict, uint64_t value)
{
    void *pointer = (void *)(uintptr_t)value;
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_VALUES_)) {
        truce_epoch_retire_(tx->thread, pointer, truce_memory_free_, NULL);
    } else if (truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) {
        truce_epoch_retire_(tx->thread, pointer, dict->release, dict->release_context);
    }
}

/* The newest of the superseded effects that set a key to a word; NULL if there is none. */
static struct truce_effect_ *newest_given(const truce_tx *tx, const truce_dict *dict, uint64_t hash, uint64_t stored,
                                          uint64_t word)
{
    for (struct truce_effect_ *effect = truce_effect_first_(tx, hash); effect != NULL; effect = effect->next) {
        if (effect->hash == hash && effect->participant->object == &dict->object &&
            (effect->flags & TRUCE_EFFECT_SUPERSEDED_) && effect->change == TRUCE_CHANGE_SET_ &&
            effect->value == word && truce_stored_keys_equal_(dict, effect->key, stored)) {
            return effect;
        }
    }
    return NULL;
}

/* Whether the word that is committed under a key was handed out as a word of the transaction's own: it had set the key
 * to that very word, and then popped or swapped it. */
static bool was_handed_as_own(const truce_tx *tx, const truce_dict *dict, uint64_t hash, uint64_t stored, uint64_t word)
{
    const struct truce_effect_ *given = newest_given(tx, dict, hash, stored, word);
    return given != NULL && (given->flags & TRUCE_EFFECT_HANDED_);
}

static void retire_key(truce_tx *tx, const truce_dict *dict, struct truce_bucket_ *holder, unsigned slot)
{
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return;
    void *node = (void *)(uintptr_t)truce_load_relaxed_(&holder->values[slot]); /* ours: the head is locked */
    truce_epoch_retire_(tx->thread, node, truce_memory_free_, NULL);
}

/* The transaction had set the key to the very word that is committed there, before it cleared the dict: that is one
 * word, which clearing deals with. */
static void mark_given_again(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key, uint64_t value)
{
    for (struct truce_effect_ *effect = truce_effect_first_(tx, key->hash); effect != NULL; effect = effect->next) {
        if (effect->hash == key->hash && effect->participant->object == &dict->object &&
            (effect->flags & TRUCE_EFFECT_SUPERSEDED_) && effect->change == TRUCE_CHANGE_SET_ &&
            effect->value == value && !(effect->flags & TRUCE_EFFECT_BASE_HANDED_) &&
            truce_key_is_stored_(dict, key, effect->key)) {
            effect->flags |= TRUCE_EFFECT_HANDED_;
        }
    }
}

/* Takes out one entry of a dict that is cleared. What the transaction itself sets to the same word, or handed out, is
 * not released. */
static enum truce_step_ clear_entry(void *context, struct truce_bucket_ *holder, unsigned slot)
{
    struct clearing *clearing = context;
    const truce_dict *dict = clearing->dict;
    const uint64_t value = truce_load_relaxed_(truce_slot_value_(dict, holder, slot)); /* ours */
    bool keep = false;
    if (truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) {
        const struct truce_key_ key = truce_key_of_stored_(dict, truce_slot_key_(dict, holder, slot));
        struct truce_effect_ *effect = truce_dict_effect_(clearing->tx, dict, &key);
        keep = was_handed_as_own(clearing->tx, dict, key.hash, truce_slot_key_(dict, holder, slot), value);
        mark_given_again(clearing->tx, dict, &key, value);
        if (effect != NULL) {
            if (effect->flags & TRUCE_EFFECT_BASE_HANDED_) keep = true;
            if (effect->change == TRUCE_CHANGE_SET_ && effect->value == value) keep = true;
            if (!keep) {
                effect->old = value;
                effect->flags |= TRUCE_EFFECT_HAD_OLD_;
            }
        }
    }
    if (!keep) retire_value(clearing->tx, dict, value);
    retire_key(clearing->tx, dict, holder, slot);
    return TRUCE_STEP_DONE_;
}

static void clear_bucket(struct clearing *clearing, struct truce_lock_ *lock)
{
    struct truce_bucket_ *head = head_of(lock);
    if (truce_cell_low_(lock->old_word) == 0) return;
    const struct truce_look_ look = {lock->cell, truce_load_relaxed_(lock->cell), lock->old_word};
    truce_bucket_each_(&look, clear_entry, clearing);
    if (lock->old_word & TRUCE_CHAINED_) {
        struct truce_bucket_ *bucket = truce_load_ptr_acquire_(&head->link);
        while (bucket != NULL) {
            struct truce_bucket_ *next = truce_load_ptr_acquire_(&bucket->link);
            truce_epoch_retire_(clearing->tx->thread, bucket, truce_bucket_free_, NULL);
            bucket = next;
        }
        truce_store_ptr_release_(&head->link, NULL); /* [content] */
    }
    lock->low = 0;
    lock->changed = true;
}

static void install_object(truce_tx *tx, struct truce_participant_ *participant)
{
    if (!participant->cleared) return;
    truce_dict *dict = dict_of(participant);
    struct clearing clearing = {dict, tx, participant, NULL};
    const uint32_t count = truce_shape_count_(truce_dict_shape_(dict));
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t word = truce_load_relaxed_(&truce_bucket_at_(dict, i)->word); /* ours */
        clear_bucket(&clearing, &tx->locks[truce_cell_lock_number_(word)]);
    }
}

static void install_insert(truce_tx *tx, truce_dict *dict, struct truce_effect_ *effect, uint64_t value)
{
    struct truce_lock_ *lock = &tx->locks[effect->lock];
    uint64_t slot_value = value;
    uint64_t slot_key = effect->key;
    if (truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) {
        struct truce_node_ *node = (struct truce_node_ *)(uintptr_t)effect->key;
        truce_store_release_(&node->value, value); /* [content] */
        slot_value = effect->key;
        slot_key = effect->hash;
    }
    effect->flags &= (uint16_t) ~(TRUCE_EFFECT_OWNS_KEY_ | TRUCE_EFFECT_OWNS_VALUE_);
    truce_bucket_insert_(tx, head_of(lock), &lock->low, slot_key, slot_value);
    lock->changed = true;
}

static void install_erase(truce_tx *tx, truce_dict *dict, struct truce_effect_ *effect)
{
    struct truce_lock_ *lock = &tx->locks[effect->lock];
    const struct truce_place_ place = {effect->place, effect->slot};
    retire_key(tx, dict, place.holder, place.slot);
    struct truce_bucket_ *emptied = truce_bucket_erase_(head_of(lock), &lock->low, place);
    if (emptied != NULL) truce_epoch_retire_(tx->thread, emptied, truce_bucket_free_, NULL);
    lock->changed = true;
}

/* The value that was committed goes: to whom depends on whether it was handed out. */
static void let_old_go(truce_tx *tx, truce_dict *dict, struct truce_effect_ *effect, uint64_t old)
{
    if (truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) {
        if (effect->flags & TRUCE_EFFECT_BASE_HANDED_) return;
        if (effect->participant->superseded != 0 &&
            was_handed_as_own(tx, dict, effect->hash, effect->key, old)) {
            return;
        }
        effect->old = old;
        effect->flags |= TRUCE_EFFECT_HAD_OLD_;
    }
    retire_value(tx, dict, old);
}

__attribute__((noinline)) static void install_slow(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_dict *dict = dict_of(effect->participant);
    const bool present = (effect->flags & TRUCE_EFFECT_FOUND_) != 0;
    truce_atomic64_ *place = present ? truce_slot_value_(dict, effect->place, effect->slot) : NULL;
    const uint64_t old = present ? truce_load_relaxed_(place) : 0; /* ours: the head is locked */
    if (effect->change == TRUCE_CHANGE_REMOVE_) {
        if (!present) return;
        let_old_go(tx, dict, effect, old);
        install_erase(tx, dict, effect);
        return;
    }
    uint64_t value = effect->value;
    if (effect->flags & TRUCE_EFFECT_TICKET_) {
        value = truce_ticket_at_(value)->index;
    } else if (effect->change == TRUCE_CHANGE_SEVERAL_) {
        value = effect->old;
    } else if (effect->change != TRUCE_CHANGE_SET_) {
        struct truce_update_ one;
        const struct truce_updates_ updates = truce_effect_updates_(effect, &one);
        value = truce_updates_apply_(&updates, present, old);
    }
    if (!present) {
        install_insert(tx, dict, effect, value);
    } else if (!truce_values_equal_(dict, value, old)) {
        let_old_go(tx, dict, effect, old);
        truce_store_release_(place, value); /* [content] */
        effect->flags &= (uint16_t)~TRUCE_EFFECT_OWNS_VALUE_;
        tx->locks[effect->lock].changed = true;
    }
}

static void install_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    const bool plain = effect->participant->object->magic == TRUCE_DICT_MAGIC_ &&
                       (effect->flags & (TRUCE_EFFECT_FOUND_ | TRUCE_EFFECT_TICKET_)) == TRUCE_EFFECT_FOUND_;
    if (TRUCE_UNLIKELY_(!plain || (effect->change != TRUCE_CHANGE_SET_ && effect->change != TRUCE_CHANGE_ADD_))) {
        install_slow(tx, effect);
        return;
    }
    truce_atomic64_ *place = &((struct truce_bucket_ *)effect->place)->values[effect->slot];
    const uint64_t old = truce_load_relaxed_(place); /* ours: the head is locked */
    const uint64_t value = effect->value + (effect->change == TRUCE_CHANGE_ADD_ ? old : 0);
    if (value == old) return;
    truce_store_release_(place, value); /* [content] */
    tx->locks[effect->lock].changed = true;
}

/* A word that the transaction gave and then took back by itself: released once, unless it is what the key holds in the
 * end, or was released or handed out otherwise. If it was given several times, what became of it last counts. */
static void release_superseded(truce_tx *tx, truce_dict *dict, struct truce_effect_ *effect)
{
    if (effect->change != TRUCE_CHANGE_SET_ || (effect->flags & TRUCE_EFFECT_HANDED_)) return;
    if (newest_given(tx, dict, effect->hash, effect->key, effect->value) != effect) return;
    const struct truce_key_ key = truce_key_of_stored_(dict, effect->key);
    const struct truce_effect_ *final = truce_dict_effect_(tx, dict, &key);
    if (final != NULL) {
        if (final->change == TRUCE_CHANGE_SET_ && final->value == effect->value) return;
        if ((final->flags & TRUCE_EFFECT_HAD_OLD_) && final->old == effect->value) return;
    }
    retire_value(tx, dict, effect->value);
}

static void release_all_superseded(truce_tx *tx, const struct truce_participant_ *participant)
{
    for (struct truce_chunk_ *chunk = tx->effects.first;; chunk = chunk->next) {
        struct truce_effect_ *effect = truce_log_entries_(chunk);
        const struct truce_effect_ *end = truce_log_used_end_(&tx->effects, chunk);
        for (; effect != end; effect++) {
            if (effect->participant == participant && (effect->flags & TRUCE_EFFECT_SUPERSEDED_)) {
                release_superseded(tx, dict_of(participant), effect);
            }
        }
        if (chunk == tx->effects.last) return;
    }
}

static void install_counts(truce_tx *tx, struct truce_participant_ *participant)
{
    enum { LOOK_EVERY_SHIFT_MAX = 5 };
    truce_dict *dict = dict_of(participant);
    if (participant->superseded != 0 && truce_dict_has_(dict, TRUCE_DICT_RELEASES_)) {
        release_all_superseded(tx, participant);
    }
    if (participant->net == 0) return;
    const uint64_t after = truce_sum_install_(tx, participant->count_lock, (uint64_t)participant->net);
    const uint64_t before = after - (uint64_t)participant->net;
    /* Adding up the stripes is not for every insert: once in at most 32, less often the larger the table is. */
    const uint32_t buckets = truce_shape_count_(truce_dict_shape_(dict));
    unsigned shift = 0;
    while (shift < LOOK_EVERY_SHIFT_MAX && buckets >> (shift + 4) != 0) shift++;
    if (participant->net > 0 && before >> shift != after >> shift) participant->marks |= TRUCE_DICT_GROW_;
}

/* Settling. */

static void settle_effect(truce_tx *tx, struct truce_effect_ *effect, bool committed)
{
    (void)tx;
    (void)committed;
    if (effect->flags & TRUCE_EFFECT_OWNS_VALUE_) truce_free_((void *)(uintptr_t)effect->value);
    if (effect->flags & TRUCE_EFFECT_OWNS_KEY_) truce_free_((void *)(uintptr_t)effect->key);
}

static void settle_object(truce_tx *tx, struct truce_participant_ *participant, bool committed)
{
    truce_dict *dict = dict_of(participant);
    if (!committed) return;
    if (participant->marks & TRUCE_DICT_CROWDED_) truce_sum_spread_(&dict->count);
    if (participant->marks & TRUCE_DICT_GROW_) truce_dict_grow_(dict, tx->thread);
}

const struct truce_kind_ truce_dict_kind_ = {
    .name = "dict",
    .recheck = truce_dict_recheck_,
    .reserve_effect = reserve_effect,
    .lock_object = lock_object,
    .lock_effect = lock_effect,
    .lock_counts = lock_counts,
    .install_object = install_object,
    .install_effect = install_effect,
    .install_counts = install_counts,
    .settle_effect = settle_effect,
    .settle_object = settle_object,
};
