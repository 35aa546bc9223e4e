/* A var. Hides how a transaction's own effects are laid over the value, and who owns words that were given.
 *
 * The value is guarded by one cell. A transaction has at most one effect on it that counts: a set, or an add; each set
 * of a value that holds something (a blob, a word that is released) takes the place of the one before, which stays
 * until the attempt ends, for what it holds. An observation is of the value after what own adds had been made: the
 * record's key is their sum, `seen` the result.
 *
 * Everybody reads, between two looks at the cell; the value is written in the commit under the cell's lock. If a thread
 * stops while it holds the lock, whoever needs the var waits.
 */
#include <truce/var.h>

#include <string.h>

#include "object.h"
#include "operations.h"
#include "ticket.h"
#include "value.h"

/* The variants of a var, in its magic. */
enum { VAR_MAGIC = 0x7d1c0a00, BYTES = 1, RELEASES = 2, VARIANTS = 3 };

struct truce_var {
    struct truce_object_ object;
    truce_atomic64_ word;   /* the cell */
    truce_atomic64_ value;  /* a word, or the address of a blob */
    truce_release *release; /* these two are fixed */
    void *release_context;
};

_Static_assert(sizeof(struct truce_var) == TRUCE_OBJECT_ALIGNMENT_, "a var is one cache line");

/* What an effect does. */
enum { CHANGE_SET, CHANGE_ADD };

/* An effect's flags. */
enum {
    EFFECT_OWNS_VALUE = 2,  /* a blob that is not in the var */
    EFFECT_HANDED = 4,      /* the word it set was handed out again: the caller's */
    EFFECT_BASE_HANDED = 8, /* what was committed was handed out: the caller's */
    EFFECT_HAD_OLD = 16,    /* installed: `old` is the word that was overwritten and is released */
    EFFECT_TICKET = 32      /* a set; value: address of a ticket */
};

static const truce_item no_item = {0, 0, TRUCE_NONE};

static truce_var *var_of(struct truce_object_ *object)
{
    return (truce_var *)(void *)object;
}

static bool has(const truce_var *var, unsigned variant)
{
    return (var->object.magic & variant) != 0;
}

static truce_item item_of(const truce_var *var, uint64_t value)
{
    return truce_value_as_item_(has(var, BYTES), value);
}

/* What the transaction has made the value, or saw that it is, to hand out. */
static truce_item held_item(const truce_var *var, const struct truce_effect_ *decided, uint64_t value)
{
    if (decided != NULL && (decided->flags & EFFECT_TICKET)) return truce_ticket_item_(truce_ticket_at_(value));
    return item_of(var, value);
}

/* Observations. */

static enum truce_step_ read_value(truce_tx *tx, truce_var *var, uint64_t limit, uint64_t *value)
{
    struct truce_look_ look;
    const enum truce_step_ step = truce_look_(tx, &var->word, limit, &look);
    if (step != TRUCE_STEP_DONE_) return step;
    *value = truce_load_acquire_(&var->value); /* [content] */
    return truce_look_stands_(&look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

static enum truce_step_ recheck(truce_tx *tx, struct truce_record_ *record, uint64_t limit)
{
    truce_var *var = var_of(truce_record_object_(record));
    if (var->object.magic == TRUCE_FREED_) {
        truce_misuse_("a transaction must not go on after a var that it read was freed");
    }
    uint64_t now;
    const enum truce_step_ step = read_value(tx, var, limit, &now);
    if (step != TRUCE_STEP_DONE_) return step;
    now += record->key;
    if (truce_value_equal_(has(var, BYTES), now, record->seen)) return TRUCE_STEP_DONE_;
    return truce_object_conflict_(tx, record, var, no_item, item_of(var, record->seen), item_of(var, now));
}

/* The value as the transaction sees it, and its own effect that decided it: NULL if none did. Observes what own work
 * does not decide. After what an add makes of the value was handed out, the effect is a set of that: it commits only if
 * that is true. */
static truce_status look_up(truce_tx *tx, truce_var *var, unsigned operation, uint64_t *value,
                            struct truce_effect_ **decided)
{
    struct truce_effect_ *effect = truce_object_effect_(tx, &var->object);
    *decided = effect;
    if (effect != NULL && effect->change == CHANGE_SET) {
        *value = effect->value;
        return TRUCE_OK;
    }
    const uint64_t own = effect != NULL ? effect->value : 0;
    for (;;) {
        const enum truce_step_ step = read_value(tx, var, tx->limit, value);
        if (TRUCE_LIKELY_(step == TRUCE_STEP_DONE_)) break;
        TRUCE_TRY(truce_resolve_(tx, step));
    }
    *value += own;
    TRUCE_TRY(truce_record_(tx, (uint64_t)(uintptr_t)&var->word, &var->object, operation, own, *value));
    if (effect != NULL) {
        effect->change = CHANGE_SET;
        effect->value = *value;
    }
    return TRUCE_OK;
}

/* Effects, before the commit. */

static truce_status no_memory(truce_tx *tx)
{
    return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
}

/* The effect to be given a new set: a new one, or the present one where that holds nothing. NULL when memory ran
 * out. */
static struct truce_effect_ *effect_to_set(truce_tx *tx, truce_var *var)
{
    struct truce_effect_ *effect = truce_object_effect_(tx, &var->object);
    if (effect == NULL) return truce_object_effect_new_(tx, &var->object);
    if (!has(var, BYTES | RELEASES)) return effect;
    struct truce_effect_ *newer = truce_effect_new_(tx, effect->participant, effect->hash);
    if (newer == NULL) return NULL;
    newer->flags = effect->flags & EFFECT_BASE_HANDED;
    effect->flags |= TRUCE_EFFECT_SUPERSEDED_;
    effect->participant->superseded++;
    return newer;
}

static truce_status change_to_set(truce_tx *tx, truce_var *var, truce_item value)
{
    uint64_t stored = value.word;
    if (has(var, RELEASES)) { /* the same word over itself is nothing */
        const struct truce_effect_ *own = truce_object_effect_(tx, &var->object);
        if (own != NULL && own->value == stored && !(own->flags & EFFECT_HANDED)) return TRUCE_OK;
    }
    const bool bytes = has(var, BYTES), ticket = value.kind == TRUCE_TICKET;
    if (ticket) stored = (uint64_t)(uintptr_t)truce_ticket_of_(tx, value);
    if (bytes && (stored = truce_blob_new_(value)) == 0) return no_memory(tx);
    struct truce_effect_ *effect = effect_to_set(tx, var);
    if (effect == NULL) {
        if (bytes) truce_free_((void *)(uintptr_t)stored);
        return no_memory(tx);
    }
    effect->change = CHANGE_SET;
    effect->value = stored;
    effect->flags = (uint16_t)((effect->flags & ~EFFECT_TICKET) | (ticket ? EFFECT_TICKET : 0));
    if (bytes) {
        effect->flags |= EFFECT_OWNS_VALUE;
        tx->settles = true;
    }
    return TRUCE_OK;
}

/* Effects, in the commit. */

static enum truce_step_ lock_object(truce_tx *tx, struct truce_participant_ *participant)
{
    if (has(var_of(participant->object), RELEASES)) tx->needs.retires += participant->superseded;
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ lock_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_var *var = var_of(effect->participant->object);
    if (has(var, BYTES | RELEASES)) tx->needs.retires++;
    return truce_lock_(tx, &var->word, &effect->lock);
}

/* The newest of the superseded effects that set the var to a word; NULL if there is none. */
static struct truce_effect_ *newest_given(const truce_tx *tx, const truce_var *var, uint64_t word)
{
    struct truce_effect_ *effect = truce_effect_first_(tx, truce_object_hash_(&var->object));
    while (effect != NULL && (effect->participant->object != &var->object ||
                              !(effect->flags & TRUCE_EFFECT_SUPERSEDED_) || effect->value != word)) {
        effect = effect->next;
    }
    return effect;
}

static void release_later(truce_tx *tx, const truce_var *var, uint64_t word)
{
    if (word == 0) return;
    truce_epoch_retire_(tx->thread, (void *)(uintptr_t)word, var->release, var->release_context);
}

/* The value that was committed goes: to whom depends on whether it was handed out, as it was, or as a word of the
 * transaction's own, if that was the same. */
static void let_old_go(truce_tx *tx, const truce_var *var, struct truce_effect_ *effect, uint64_t old)
{
    if (has(var, BYTES)) truce_epoch_retire_(tx->thread, (void *)(uintptr_t)old, truce_memory_free_, NULL);
    if (!has(var, RELEASES) || (effect->flags & EFFECT_BASE_HANDED)) return;
    const struct truce_effect_ *given = newest_given(tx, var, old);
    if (given != NULL && (given->flags & EFFECT_HANDED)) return;
    effect->old = old;
    effect->flags |= EFFECT_HAD_OLD;
    release_later(tx, var, old);
}

/* What the var holds in the end, where it holds `old`. */
static uint64_t final_value(const struct truce_effect_ *effect, uint64_t old)
{
    if (effect->flags & EFFECT_TICKET) return truce_ticket_at_(effect->value)->index;
    return effect->value + (effect->change == CHANGE_ADD ? old : 0);
}

static void install_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_var *var = var_of(effect->participant->object);
    const uint64_t old = truce_load_relaxed_(&var->value); /* ours */
    const uint64_t value = final_value(effect, old);
    if (truce_value_equal_(has(var, BYTES), value, old)) return;
    let_old_go(tx, var, effect, old);
    truce_store_release_(&var->value, value); /* [content] */
    effect->flags &= (uint16_t)~EFFECT_OWNS_VALUE;
    tx->locks[effect->lock].changed = true;
}

/* A word that the transaction gave and then took back by itself: released once, unless it is what the var holds in the
 * end, or was released or handed out otherwise. If it was given several times, what became of it last counts. */
static void release_superseded(truce_tx *tx, const truce_var *var, const struct truce_effect_ *effect)
{
    if ((effect->flags & EFFECT_HANDED) || newest_given(tx, var, effect->value) != effect) return;
    const struct truce_effect_ *final = truce_object_effect_(tx, &var->object);
    if (final->value == effect->value) return;
    if ((final->flags & EFFECT_HAD_OLD) && final->old == effect->value) return;
    release_later(tx, var, effect->value);
}

static void install_counts(truce_tx *tx, struct truce_participant_ *participant)
{
    const truce_var *var = var_of(participant->object);
    if (participant->superseded == 0 || !has(var, RELEASES)) return;
    struct truce_effect_ *effect = truce_effect_first_(tx, truce_object_hash_(&var->object));
    for (; effect != NULL; effect = effect->next) {
        if (effect->participant == participant && (effect->flags & TRUCE_EFFECT_SUPERSEDED_)) {
            release_superseded(tx, var, effect);
        }
    }
}

static void settle_effect(truce_tx *tx, struct truce_effect_ *effect, bool committed)
{
    (void)tx;
    (void)committed;
    if (effect->flags & EFFECT_OWNS_VALUE) truce_free_((void *)(uintptr_t)effect->value);
}

static const struct truce_kind_ var_kind = {
    .name = "var",
    .recheck = recheck,
    .lock_object = lock_object,
    .lock_effect = lock_effect,
    .install_effect = install_effect,
    .install_counts = install_counts,
    .settle_effect = settle_effect,
};

/* Making and freeing. */

static void check_options(const truce_var_options *options, truce_var_options *known)
{
    *known = (truce_var_options){.size = sizeof *known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_var_options needs its size field set");
        memcpy(known, options, options->size < sizeof *known ? options->size : sizeof *known);
    }
    if (known->values == 0) known->values = TRUCE_WORD;
    if (known->values != TRUCE_WORD && known->values != TRUCE_BYTES) {
        truce_misuse_("the value of a var is TRUCE_WORD or TRUCE_BYTES");
    }
    if (known->release != NULL && known->values == TRUCE_BYTES) {
        truce_misuse_("a var of bytes has no release callback: the bytes are copied");
    }
    if (known->initial.kind == TRUCE_NONE) {
        known->initial = known->values == TRUCE_WORD ? truce_word(0) : truce_bytes(NULL, 0);
    }
}

truce_status truce_var_new(const truce_var_options *options, truce_var **out)
{
    if (out == NULL) truce_misuse_("truce_var_new needs a place for the var");
    *out = NULL;
    truce_var_options known;
    check_options(options, &known);
    const bool bytes = known.values == TRUCE_BYTES;
    TRUCE_TRY(truce_value_check_(bytes, known.initial));
    truce_clock_settle_();
    truce_var *var = truce_alloc_zeroed_(TRUCE_OBJECT_ALIGNMENT_, sizeof *var);
    if (var == NULL) return TRUCE_NO_MEMORY;
    const uint64_t value = bytes ? truce_blob_new_(known.initial) : known.initial.word;
    const uint32_t magic = VAR_MAGIC | (bytes ? BYTES : 0u) | (known.release != NULL ? RELEASES : 0u);
    if ((bytes && value == 0) || !truce_object_init_(&var->object, &var_kind, magic, known.name)) {
        if (bytes) truce_free_((void *)(uintptr_t)value);
        truce_free_zeroed_(var, sizeof *var);
        return TRUCE_NO_MEMORY;
    }
    truce_store_relaxed_(&var->value, value); /* nobody sees it yet */
    var->release = known.release;
    var->release_context = known.release_context;
    *out = var;
    return TRUCE_OK;
}

/* Stops unless this is a var that was not freed and the outputs were given. */
static void require(const truce_var *var, bool outputs)
{
    if (var == NULL) truce_misuse_("a var is required; NULL was given");
    if (var->object.magic == TRUCE_FREED_) truce_misuse_("the var was freed");
    if ((var->object.magic & ~(uint32_t)VARIANTS) != VAR_MAGIC) {
        truce_misuse_("a var is required; an object of another kind was given");
    }
    if (!outputs) truce_misuse_("an output is required; NULL was given");
}

/* The variant of a freed var is not in its magic any more: it comes as the context. */
static void destroy(void *object, void *variant)
{
    truce_var *var = object;
    void *value = (void *)(uintptr_t)truce_load_acquire_(&var->value);
    if ((uintptr_t)variant & BYTES) truce_free_(value);
    if (((uintptr_t)variant & RELEASES) && value != NULL) var->release(value, var->release_context);
    truce_object_fini_(&var->object);
    truce_free_zeroed_(var, sizeof *var);
}

void truce_var_free(truce_var *var)
{
    if (var == NULL) return;
    require(var, true);
    const uintptr_t variant = var->object.magic & VARIANTS;
    var->object.magic = TRUCE_FREED_;
    if (truce_epoch_anybody_()) truce_object_disturb_(&var->word);
    truce_object_retire_(var, destroy, (void *)variant);
}

/* The operations. */

/* Alone, nothing keeps alive what is handed out. */
static void may_hand_out_alone(const truce_var *var, unsigned unless)
{
    if (has(var, unless)) {
        truce_misuse_("bytes, or words that have a release callback, can't be handed out by an operation alone");
    }
}

/* A word alone: no transaction, no time. Linearizable: the content was whole while the cell kept one word. */
static truce_status get_alone(const truce_var *var, truce_item *value)
{
    may_hand_out_alone(var, BYTES | RELEASES);
    for (struct truce_waiter_ waiter = {0};; truce_wait_round_(&waiter)) {
        const uint64_t word = truce_load_seq_cst_(&var->word); /* [unlock] */
        if (truce_cell_locked_(word)) continue;
        const uint64_t found = truce_load_acquire_(&var->value); /* [content] */
        if (truce_load_acquire_(&var->word) != word) continue;
        *value = truce_word(found);
        return TRUCE_OK;
    }
}

static truce_status look_up_item(truce_tx *tx, truce_var *var, unsigned operation, truce_item *item)
{
    uint64_t value;
    struct truce_effect_ *decided;
    TRUCE_TRY(truce_tx_enter_(tx));
    TRUCE_TRY(look_up(tx, var, operation, &value, &decided));
    *item = held_item(var, decided, value);
    return TRUCE_OK;
}

__attribute__((noinline)) static truce_status get_slow(truce_tx *tx, truce_var *var, truce_item *value)
{
    require(var, value != NULL);
    *value = no_item;
    if (tx == TRUCE_ALONE) return get_alone(var, value);
    return look_up_item(tx, var, TRUCE_OP_var_get_, value);
}

truce_status truce_var_get(truce_tx *tx, truce_var *var, truce_item *value)
{
    const bool plain = (uintptr_t)tx > (uintptr_t)TRUCE_ALONE && var != NULL && var->object.magic == VAR_MAGIC &&
                       value != NULL && tx->thread == truce_thread_current_;
    if (TRUCE_UNLIKELY_(!plain || truce_effect_maybe_(tx, truce_object_hash_(&var->object)) ||
                        tx->records.next == tx->records.chunk_end)) {
        return get_slow(tx, var, value);
    }
    const uint64_t word = truce_load_seq_cst_(&var->word);   /* [clock], [unlock] */
    const uint64_t found = truce_load_acquire_(&var->value); /* [content] */
    if (TRUCE_UNLIKELY_(word >= tx->limit || truce_load_acquire_(&var->word) != word)) return get_slow(tx, var, value);
    *value = truce_word(found);
    return truce_record_(tx, (uint64_t)(uintptr_t)&var->word, &var->object, TRUCE_OP_var_get_, 0, found);
}

truce_status truce_var_copy(truce_tx *tx, truce_var *var, void *buffer, size_t capacity_bytes, size_t *size_bytes)
{
    require(var, size_bytes != NULL && (buffer != NULL || capacity_bytes == 0));
    *size_bytes = 0;
    if (tx == TRUCE_ALONE) {
        TRUCE_RETURN_ALONE_(truce_var_copy(alone.tx, var, buffer, capacity_bytes, size_bytes));
    }
    truce_item value;
    TRUCE_TRY(look_up_item(tx, var, TRUCE_OP_var_copy_, &value));
    if (value.kind == TRUCE_TICKET) truce_misuse_("a ticket can't be copied: it has no value before the commit");
    *size_bytes = truce_value_copy_(value, buffer, capacity_bytes);
    return TRUCE_OK;
}

static truce_status enter_with_value(truce_tx *tx, const truce_var *var, truce_item value)
{
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    return truce_ticket_or_value_check_(tx, has(var, BYTES), has(var, RELEASES), value);
}

truce_status truce_var_set(truce_tx *tx, truce_var *var, truce_item value)
{
    require(var, true);
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_var_set(alone.tx, var, value));
    TRUCE_TRY(enter_with_value(tx, var, value));
    return change_to_set(tx, var, value);
}

/* What the var held goes to the caller, so that nobody releases it: a word of this transaction's own is marked before
 * another takes its place, a committed one on the effect that does. */
truce_status truce_var_swap(truce_tx *tx, truce_var *var, truce_item value, truce_item *old)
{
    require(var, old != NULL);
    *old = no_item;
    if (tx == TRUCE_ALONE) {
        may_hand_out_alone(var, BYTES); /* a word with a release callback becomes the caller's */
        truce_status status;
        TRUCE_RUN_ALONE_(status, truce_var_swap(alone.tx, var, value, old));
        if (status < 0) *old = no_item;
        return status;
    }
    uint64_t held;
    struct truce_effect_ *own;
    TRUCE_TRY(enter_with_value(tx, var, value));
    TRUCE_TRY(look_up(tx, var, TRUCE_OP_var_swap_, &held, &own));
    const truce_item item = held_item(var, own, held); /* of an effect that may become another */
    if (has(var, RELEASES) && own != NULL) own->flags |= EFFECT_HANDED;
    TRUCE_TRY(change_to_set(tx, var, value));
    if (has(var, RELEASES) && own == NULL) truce_object_effect_(tx, &var->object)->flags |= EFFECT_BASE_HANDED;
    *old = item;
    return TRUCE_OK;
}

truce_status truce_var_add(truce_tx *tx, truce_var *var, int64_t delta)
{
    require(var, true);
    if (has(var, BYTES | RELEASES)) truce_misuse_("add is for vars of words without a release callback");
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_var_add(alone.tx, var, delta));
    TRUCE_TRY(truce_tx_enter_to_change_(tx));
    struct truce_effect_ *effect = truce_object_effect_(tx, &var->object);
    if (effect == NULL) {
        effect = truce_object_effect_new_(tx, &var->object);
        if (effect == NULL) return no_memory(tx);
        effect->change = CHANGE_ADD;
    }
    if (effect->flags & EFFECT_TICKET) truce_misuse_("a ticket can't be added to before the commit");
    effect->value += (uint64_t)delta;
    return TRUCE_OK;
}
