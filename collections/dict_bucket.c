/* Buckets: finding, putting in, taking out. See dict_table.h for the layout. */
#include "dict_table.h"

#include <string.h>

static const struct truce_node_ *node_at(uint64_t address)
{
    return (const struct truce_node_ *)(uintptr_t)address;
}

struct truce_key_ truce_key_of_stored_(const truce_dict *dict, uint64_t stored)
{
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) {
        return (struct truce_key_){truce_mix_(&dict->mixer, stored), stored, truce_word(stored)};
    }
    const struct truce_node_ *node = node_at(stored);
    const truce_item item = truce_bytes(truce_node_bytes_(node), node->size);
    const uint64_t hash = truce_mix_(&dict->mixer, truce_hash_bytes_(truce_as_bytes(item), item.size));
    return (struct truce_key_){hash, hash, item};
}

bool truce_stored_keys_equal_(const truce_dict *dict, uint64_t a, uint64_t b)
{
    if (a == b) return true;
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return false;
    return truce_bytes_equal_(truce_node_bytes_(node_at(a)), node_at(a)->size, truce_node_bytes_(node_at(b)),
                              node_at(b)->size);
}

bool truce_key_is_stored_(const truce_dict *dict, const struct truce_key_ *key, uint64_t stored)
{
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return key->item.word == stored;
    return truce_bytes_equal_(truce_as_bytes(key->item), key->item.size, truce_node_bytes_(node_at(stored)),
                              node_at(stored)->size);
}

truce_item truce_stored_key_item_(const truce_dict *dict, uint64_t stored)
{
    if (!truce_dict_has_(dict, TRUCE_DICT_BYTE_KEYS_)) return truce_word(stored);
    return truce_bytes(truce_node_bytes_(node_at(stored)), node_at(stored)->size);
}

/* The chained bucket behind `bucket`; *stands tells whether it may be looked into. */
static struct truce_bucket_ *next_bucket(const struct truce_look_ *look, const struct truce_bucket_ *bucket,
                                         bool *stands)
{
    const bool head = &bucket->word == look->cell;
    struct truce_bucket_ *next = NULL;
    *stands = true;
    if (!head || (look->word & TRUCE_CHAINED_)) {
        next = truce_load_ptr_acquire_(&bucket->link); /* [content] */
        *stands = truce_look_stands_(look);            /* else it may be of another chain by now */
    }
    return next;
}

enum truce_step_ truce_bucket_find_(const struct truce_look_ *look, const struct truce_key_ *key,
                                    struct truce_place_ *place)
{
    struct truce_bucket_ *bucket = (struct truce_bucket_ *)look->cell;
    uint64_t taken = look->word;
    for (;;) {
        for (unsigned match = truce_bucket_match_(bucket, key->slot_word); match != 0; match &= match - 1) {
            const unsigned slot = truce_match_slot_(match);
            if (!truce_slot_taken_(taken, slot)) continue;
            if (key->item.kind == TRUCE_BYTES) {
                /* The slot was taken when `taken` was loaded, so this is its node then or a later one, and alive. */
                const struct truce_node_ *node = node_at(truce_load_acquire_(&bucket->values[slot])); /* [content] */
                const void *bytes = truce_as_bytes(key->item);
                if (!truce_bytes_equal_(truce_node_bytes_(node), node->size, bytes, key->item.size)) continue;
            }
            *place = (struct truce_place_){bucket, slot};
            return TRUCE_STEP_DONE_;
        }
        bool stands;
        bucket = next_bucket(look, bucket, &stands);
        if (!stands) return TRUCE_STEP_UNSTABLE_;
        if (bucket == NULL) break;
        taken = truce_load_acquire_(&bucket->word); /* [content] */
    }
    *place = (struct truce_place_){NULL, 0};
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_dict_read_(truce_tx *tx, const truce_dict *dict, const struct truce_key_ *key, uint64_t limit,
                                  struct truce_reading_ *reading)
{
    struct truce_look_ look;
    struct truce_place_ place;
    struct truce_bucket_ *head = truce_dict_bucket_(dict, key->hash);
    __builtin_prefetch(head->values);
    enum truce_step_ step = truce_look_(tx, &head->word, limit, &look);
    if (step == TRUCE_STEP_DONE_) step = truce_bucket_find_(&look, key, &place);
    if (step != TRUCE_STEP_DONE_) return step;
    *reading = (struct truce_reading_){.cell = &head->word, .present = place.holder != NULL};
    if (reading->present) {
        uint64_t slot_value = truce_load_acquire_(&place.holder->values[place.slot]); /* [content] */
        if (key->item.kind == TRUCE_BYTES) {
            reading->node = (struct truce_node_ *)(uintptr_t)slot_value;
            slot_value = truce_load_acquire_(&reading->node->value); /* [content] */
        }
        reading->value = slot_value;
    }
    return truce_look_stands_(&look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

enum truce_step_ truce_bucket_each_(const struct truce_look_ *look, truce_slot_visit_ *visit, void *context)
{
    struct truce_bucket_ *bucket = (struct truce_bucket_ *)look->cell;
    uint64_t taken = look->word;
    while (bucket != NULL) {
        for (unsigned mask = (unsigned)taken & TRUCE_TAKEN_; mask != 0; mask &= mask - 1) {
            const enum truce_step_ step = visit(context, bucket, (unsigned)__builtin_ctz(mask));
            if (step != TRUCE_STEP_DONE_) return step;
        }
        bool stands;
        bucket = next_bucket(look, bucket, &stands);
        if (!stands) return TRUCE_STEP_UNSTABLE_;
        if (bucket != NULL) taken = truce_load_acquire_(&bucket->word); /* [content] */
    }
    return truce_look_stands_(look) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

static unsigned free_slots(uint64_t taken)
{
    return ~(unsigned)taken & TRUCE_TAKEN_;
}

static int count_bits(unsigned bits) /* few: no library call */
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1) count++;
    return count;
}

int32_t truce_bucket_room_(const struct truce_bucket_ *head, uint64_t low)
{
    int room = count_bits(free_slots(low));
    if (!(low & TRUCE_CHAINED_)) return room;
    const struct truce_bucket_ *bucket = truce_load_ptr_acquire_(&head->link);
    for (; bucket != NULL; bucket = truce_load_ptr_acquire_(&bucket->link)) {
        room += count_bits(free_slots(truce_load_relaxed_(&bucket->word))); /* ours: the head is locked */
    }
    return room;
}

static void fill_slot(struct truce_bucket_ *bucket, unsigned slot, uint64_t key, uint64_t value)
{
    truce_store_release_(&bucket->values[slot], value); /* [content] */
    truce_store_release_(&bucket->keys[slot], key);     /* [content] */
}

void truce_bucket_insert_(truce_tx *tx, struct truce_bucket_ *head, uint8_t *low, uint64_t key, uint64_t value)
{
    if (free_slots(*low) != 0) {
        const unsigned slot = (unsigned)__builtin_ctz(free_slots(*low));
        fill_slot(head, slot, key, value);
        *low = (uint8_t)(*low | 1u << slot);
        return;
    }
    struct truce_bucket_ *bucket = *low & TRUCE_CHAINED_ ? truce_load_ptr_acquire_(&head->link) : NULL;
    uint64_t taken = 0;
    for (; bucket != NULL; bucket = truce_load_ptr_acquire_(&bucket->link)) {
        taken = truce_load_relaxed_(&bucket->word); /* ours: the head is locked */
        if (free_slots(taken) != 0) break;
    }
    if (bucket == NULL) {
        bucket = truce_spare_take_(tx);
        taken = 0;
        truce_store_ptr_release_(&bucket->link, *low & TRUCE_CHAINED_ ? truce_load_ptr_acquire_(&head->link) : NULL);
        truce_store_ptr_release_(&head->link, bucket); /* [content] */
        *low |= TRUCE_CHAINED_;
    }
    const unsigned slot = (unsigned)__builtin_ctz(free_slots(taken));
    fill_slot(bucket, slot, key, value);
    truce_store_release_(&bucket->word, taken | 1u << slot); /* [content] */
}

struct truce_bucket_ *truce_bucket_erase_(struct truce_bucket_ *head, uint8_t *low, struct truce_place_ place)
{
    if (place.holder == head) {
        *low = (uint8_t)(*low & ~(1u << place.slot));
        return NULL;
    }
    const uint64_t taken = truce_load_relaxed_(&place.holder->word) & ~((uint64_t)1 << place.slot);
    truce_store_release_(&place.holder->word, taken); /* [content] */
    if (taken != 0) return NULL;
    struct truce_bucket_ *before = head;
    for (struct truce_bucket_ *bucket; (bucket = truce_load_ptr_acquire_(&before->link)) != place.holder;) {
        before = bucket;
    }
    struct truce_bucket_ *behind = truce_load_ptr_acquire_(&place.holder->link);
    truce_store_ptr_release_(&before->link, behind); /* [content] */
    if (before == head && behind == NULL) *low = (uint8_t)(*low & ~TRUCE_CHAINED_);
    return place.holder;
}

void truce_bucket_free_(void *bucket, void *unused)
{
    (void)unused;
    truce_free_(bucket);
}
