/* Dicts as objects: making and freeing them. A freed dict stays readable as freed until every transaction that was open
 * has ended. */
#include "dict_parts.h"

#include <string.h>

static void check_options(const truce_dict_options *options, truce_dict_options *known)
{
    *known = (truce_dict_options){.size = sizeof *known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_dict_options needs its size field set");
        memcpy(known, options, options->size < sizeof *known ? options->size : sizeof *known);
    }
    if (known->keys == 0) known->keys = TRUCE_WORD;
    if (known->values == 0) known->values = TRUCE_WORD;
    if ((known->keys != TRUCE_WORD && known->keys != TRUCE_BYTES) ||
        (known->values != TRUCE_WORD && known->values != TRUCE_BYTES)) {
        truce_misuse_("the keys and the values of a dict are TRUCE_WORD or TRUCE_BYTES");
    }
    if (known->release != NULL && known->values == TRUCE_BYTES) {
        truce_misuse_("a dict of byte values has no release callback: the bytes are copied");
    }
}

truce_status truce_dict_new(const truce_dict_options *options, truce_dict **out)
{
    if (out == NULL) truce_misuse_("truce_dict_new needs a place for the dict");
    *out = NULL;
    truce_dict_options known;
    check_options(options, &known);
    truce_clock_settle_();
    struct truce_mixer_ mixer;
    TRUCE_TRY(truce_mixer_get_(&mixer));
    truce_dict *dict = truce_alloc_zeroed_(128, sizeof *dict);
    if (dict == NULL) return TRUCE_NO_MEMORY;
    uint32_t magic = TRUCE_DICT_MAGIC_;
    if (known.keys == TRUCE_BYTES) magic |= TRUCE_DICT_BYTE_KEYS_;
    if (known.values == TRUCE_BYTES) magic |= TRUCE_DICT_BYTE_VALUES_;
    if (known.release != NULL) magic |= TRUCE_DICT_RELEASES_;
    if (!truce_object_init_(&dict->object, &truce_dict_kind_, magic, known.name)) {
        truce_free_zeroed_(dict, sizeof *dict);
        return TRUCE_NO_MEMORY;
    }
    dict->mixer = mixer;
    dict->release = known.release;
    dict->release_context = known.release_context;
    dict->first_directory[0] = (uintptr_t)&dict->first;
    truce_store_ptr_release_(&dict->directory, dict->first_directory);
    truce_store_release_(&dict->shape, 1);
    *out = dict;
    return TRUCE_OK;
}

void truce_dict_require_(const truce_dict *dict, bool outputs)
{
    if (dict == NULL) truce_misuse_("a dict is required; NULL was given");
    if (dict->object.magic == TRUCE_FREED_) truce_misuse_("the dict was freed");
    if ((dict->object.magic & ~(uint32_t)TRUCE_DICT_VARIANTS_) != TRUCE_DICT_MAGIC_) {
        truce_misuse_("a dict is required; an object of another kind was given");
    }
    if (!outputs) truce_misuse_("an output or a callback is required; NULL was given");
}

/* The variant of a freed dict is not in its magic any more: destroying gets it as the context. */
struct destroying {
    const truce_dict *dict;
    unsigned variant;
};

static void destroy_value(const struct destroying *destroying, uint64_t value)
{
    const truce_dict *dict = destroying->dict;
    if (destroying->variant & TRUCE_DICT_BYTE_VALUES_) truce_free_((void *)(uintptr_t)value);
    if (destroying->variant & TRUCE_DICT_RELEASES_) dict->release((void *)(uintptr_t)value, dict->release_context);
}

static void destroy_slots(const struct destroying *destroying, struct truce_bucket_ *bucket, uint64_t taken)
{
    for (unsigned mask = (unsigned)taken & TRUCE_TAKEN_; mask != 0; mask &= mask - 1) {
        uint64_t value = truce_load_acquire_(&bucket->values[__builtin_ctz(mask)]);
        struct truce_node_ *node = NULL;
        if (destroying->variant & TRUCE_DICT_BYTE_KEYS_) {
            node = (struct truce_node_ *)(uintptr_t)value;
            value = truce_load_acquire_(&node->value);
        }
        destroy_value(destroying, value);
        truce_free_(node);
    }
}

static void destroy(void *object, void *context)
{
    truce_dict *dict = object;
    const struct destroying destroying = {dict, (unsigned)(uintptr_t)context};
    const uint32_t buckets = truce_shape_count_(truce_dict_shape_(dict));
    for (uint32_t i = 0; i < buckets; i++) {
        struct truce_bucket_ *head = truce_bucket_at_(dict, i);
        const uint64_t word = truce_load_acquire_(&head->word);
        destroy_slots(&destroying, head, word);
        struct truce_bucket_ *bucket = word & TRUCE_CHAINED_ ? truce_load_ptr_acquire_(&head->link) : NULL;
        while (bucket != NULL) {
            struct truce_bucket_ *next = truce_load_ptr_acquire_(&bucket->link);
            destroy_slots(&destroying, bucket, truce_load_acquire_(&bucket->word));
            truce_bucket_free_(bucket, NULL);
            bucket = next;
        }
    }
    uintptr_t *directory = truce_load_ptr_acquire_(&dict->directory);
    if (directory != dict->first_directory) {
        for (unsigned k = 1; k < TRUCE_SEGMENTS_ && directory[k] != 0; k++) {
            const size_t size = ((size_t)1 << (k - 1)) * TRUCE_BUCKET_SIZE_;
            truce_free_zeroed_((void *)(directory[k] + size), size);
        }
        truce_free_zeroed_(directory, TRUCE_SEGMENTS_ * sizeof *directory);
    }
    truce_sum_end_(&dict->count);
    truce_object_fini_(&dict->object);
    truce_free_zeroed_(dict, sizeof *dict);
}

static void disturb_all(truce_dict *dict)
{
    const uint32_t buckets = truce_shape_count_(truce_dict_shape_(dict));
    for (uint32_t i = 0; i < buckets; i++) truce_object_disturb_(&truce_bucket_at_(dict, i)->word);
}

void truce_dict_free(truce_dict *dict)
{
    if (dict == NULL) return;
    truce_dict_require_(dict, true);
    const unsigned variant = truce_dict_variant_(dict);
    dict->object.magic = TRUCE_FREED_;
    if (truce_epoch_anybody_()) disturb_all(dict);
    truce_object_retire_(dict, destroy, (void *)(uintptr_t)variant);
}
