#include "object.h"

#include "operations.h"

_Static_assert((int)TRUCE_OPERATIONS_ <= (int)TRUCE_OBJECT_ALIGNMENT_,
               "an operation's number fits beside an address in a record");

void truce_object_disturb_(truce_atomic64_ *cell)
{
    uint64_t word = truce_load_seq_cst_(cell);
    if (truce_cell_locked_(word)) return;
    const uint64_t stamp = truce_clock_take_to_stamp_(truce_cell_version_(word)) + 1;
    truce_cas_seq_cst_(cell, &word, truce_cell_word_(stamp, truce_cell_low_(word)));
}

void truce_object_retire_(void *collection, void (*destroy)(void *collection, void *context), void *context)
{
    struct truce_thread_ *thread = truce_thread_();
    if (thread == NULL || !truce_epoch_reserve_(thread, 1)) {
        if (truce_epoch_wait_(thread)) destroy(collection, context);
        return;
    }
    truce_epoch_retire_(thread, collection, destroy, context);
    truce_epoch_collect_(thread);
}

struct truce_effect_ *truce_object_effect_slow_(const truce_tx *tx, const struct truce_object_ *object)
{
    struct truce_effect_ *effect = truce_effect_first_(tx, truce_object_hash_(object));
    while (effect != NULL && (effect->participant->object != object || (effect->flags & TRUCE_EFFECT_SUPERSEDED_))) {
        effect = effect->next;
    }
    return effect;
}

struct truce_effect_ *truce_object_effect_new_(truce_tx *tx, struct truce_object_ *object)
{
    struct truce_participant_ *participant = truce_participant_new_(tx, object);
    return participant == NULL ? NULL : truce_effect_new_(tx, participant, truce_object_hash_(object));
}

enum truce_step_ truce_object_conflict_(truce_tx *tx, const struct truce_record_ *record, const void *collection,
                                        truce_item key, truce_item seen, truce_item now)
{
    const struct truce_object_ *object = truce_record_object_(record);
    tx->conflict = (truce_conflict){
        .size = sizeof tx->conflict,
        .object = collection,
        .object_name = object->name != NULL ? object->name : "",
        .object_kind = object->kind->name,
        .operation = truce_operation_name_(truce_record_operation_(record)),
        .key = key,
        .seen = seen,
        .now = now,
    };
    return TRUCE_STEP_FALSE_;
}
