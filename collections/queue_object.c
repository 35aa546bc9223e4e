/* Queues as objects: making and freeing them. A freed queue stays readable as freed until every transaction that was
 * open has ended. */
#include "queue_parts.h"

#include <string.h>

static void check_options(const truce_queue_options *options, truce_queue_options *known)
{
    *known = (truce_queue_options){.size = sizeof *known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_queue_options needs its size field set");
        memcpy(known, options, options->size < sizeof *known ? options->size : sizeof *known);
    }
    if (known->values == 0) known->values = TRUCE_WORD;
    if (known->values != TRUCE_WORD && known->values != TRUCE_BYTES) {
        truce_misuse_("the values of a queue are TRUCE_WORD or TRUCE_BYTES");
    }
    if (known->release != NULL && known->values == TRUCE_BYTES) {
        truce_misuse_("a queue of byte values has no release callback: the bytes are copied");
    }
}

truce_status truce_queue_new(const truce_queue_options *options, truce_queue **out)
{
    if (out == NULL) truce_misuse_("truce_queue_new needs a place for the queue");
    *out = NULL;
    truce_queue_options known;
    check_options(options, &known);
    truce_clock_settle_();
    truce_queue *queue = truce_alloc_zeroed_(128, sizeof *queue);
    if (queue == NULL) return TRUCE_NO_MEMORY;
    uint32_t magic = TRUCE_QUEUE_MAGIC_;
    if (known.values == TRUCE_BYTES) magic |= TRUCE_QUEUE_BYTES_;
    if (known.release != NULL) magic |= TRUCE_QUEUE_RELEASES_;
    if (known.capacity != 0) magic |= TRUCE_QUEUE_BOUNDED_;
    if (!truce_object_init_(&queue->object, &truce_queue_kind_, magic, known.name)) {
        truce_free_zeroed_(queue, sizeof *queue);
        return TRUCE_NO_MEMORY;
    }
    queue->capacity = known.capacity;
    queue->release = known.release;
    queue->release_context = known.release_context;
    truce_store_release_(&queue->head.seq, TRUCE_QUEUE_FIRST_);
    truce_store_release_(&queue->head.known, TRUCE_QUEUE_FIRST_);
    truce_store_release_(&queue->tail.seq, TRUCE_QUEUE_FIRST_);
    truce_store_ptr_release_(&queue->head.chunk, &queue->before_first);
    truce_store_ptr_release_(&queue->tail.chunk, &queue->before_first);
    *out = queue;
    return TRUCE_OK;
}

void truce_queue_require_(const truce_queue *queue, bool outputs)
{
    if (queue == NULL) truce_misuse_("a queue is required; NULL was given");
    if (queue->object.magic == TRUCE_FREED_) truce_misuse_("the queue was freed");
    if ((queue->object.magic & ~(uint32_t)TRUCE_QUEUE_VARIANTS_) != TRUCE_QUEUE_MAGIC_) {
        truce_misuse_("a queue is required; an object of another kind was given");
    }
    if (!outputs) truce_misuse_("an output or a callback is required; NULL was given");
}

void truce_queue_may_hand_out_alone_(const truce_queue *queue, bool gives_away)
{
    if (truce_queue_has_(queue, TRUCE_QUEUE_BYTES_)) truce_misuse_("bytes can't be handed out by an operation alone");
    if (!gives_away && truce_queue_has_(queue, TRUCE_QUEUE_RELEASES_)) {
        truce_misuse_("words that have a release callback can't be handed out by an operation alone");
    }
}

/* The items of a chunk that are still there. The variant of a freed queue is not in its magic any more. */
static void destroy_items(const truce_queue *queue, unsigned variant, struct truce_queue_chunk_ *chunk)
{
    const uint64_t from = truce_load_acquire_(&queue->head.seq), to = truce_load_acquire_(&queue->tail.seq);
    struct truce_queue_place_ place = {chunk, chunk->base};
    for (; place.seq < to && place.seq - chunk->base < TRUCE_QUEUE_SLOTS_; place.seq++) {
        if (place.seq < from || truce_queue_is_gone_(&place)) continue;
        void *value = (void *)(uintptr_t)truce_queue_value_(&place);
        if (variant & TRUCE_QUEUE_BYTES_) truce_free_(value);
        if (variant & TRUCE_QUEUE_RELEASES_) queue->release(value, queue->release_context);
    }
}

static void destroy(void *object, void *context)
{
    truce_queue *queue = object;
    struct truce_queue_chunk_ *chunk = truce_load_ptr_acquire_(&queue->head.chunk);
    while (chunk != NULL) {
        struct truce_queue_chunk_ *next = truce_load_ptr_acquire_(&chunk->next);
        if (chunk != &queue->before_first) {
            destroy_items(queue, (unsigned)(uintptr_t)context, chunk);
            truce_free_(chunk);
        }
        chunk = next;
    }
    truce_object_fini_(&queue->object);
    truce_free_zeroed_(queue, sizeof *queue);
}

void truce_queue_free(truce_queue *queue)
{
    if (queue == NULL) return;
    truce_queue_require_(queue, true);
    void *variant = (void *)(uintptr_t)(queue->object.magic & TRUCE_QUEUE_VARIANTS_);
    queue->object.magic = TRUCE_FREED_;
    if (truce_epoch_anybody_()) {
        truce_object_disturb_(&queue->head.word);
        truce_object_disturb_(&queue->tail.word);
    }
    truce_object_retire_(queue, destroy, variant);
}
