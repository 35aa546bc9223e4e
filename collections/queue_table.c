#include "queue_table.h"

enum truce_step_ truce_queue_look_(truce_tx *tx, truce_queue *queue, uint64_t limit, uint64_t known,
                                   struct truce_queue_view_ *view)
{
    struct truce_queue_head_ *head = &queue->head;
    const enum truce_step_ step = truce_look_(tx, &head->word, limit, &view->head);
    if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    view->first.seq = truce_load_acquire_(&head->seq); /* [content], as the next four */
    view->first.chunk = truce_load_ptr_acquire_(&head->chunk);
    view->holes = truce_load_acquire_(&head->holes);
    const uint64_t end = truce_load_acquire_(&head->known);
    view->end = end > known ? end : known;
    view->whole = false;
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_queue_look_whole_(truce_tx *tx, truce_queue *queue, uint64_t limit,
                                         struct truce_queue_view_ *view)
{
    if (view->whole) return TRUCE_STEP_DONE_;
    const enum truce_step_ step = truce_look_(tx, &queue->tail.word, limit, &view->tail);
    if (TRUCE_UNLIKELY_(step != TRUCE_STEP_DONE_)) return step;
    view->end = truce_load_acquire_(&queue->tail.seq); /* [content], [publish] */
    view->whole = true;
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_queue_find_(struct truce_queue_place_ *place)
{
    if (TRUCE_UNLIKELY_(place->seq < place->chunk->base)) return TRUCE_STEP_UNSTABLE_;
    while (place->seq - place->chunk->base >= TRUCE_QUEUE_SLOTS_) {
        struct truce_queue_chunk_ *next = truce_load_ptr_acquire_(&place->chunk->next); /* [publish], [content] */
        if (TRUCE_UNLIKELY_(next == NULL)) return TRUCE_STEP_UNSTABLE_;
        place->chunk = next;
        if (TRUCE_UNLIKELY_(place->seq < next->base)) place->seq = next->base;
    }
    return TRUCE_STEP_DONE_;
}

struct truce_queue_chunk_ *truce_queue_chunk_new_(void)
{
    struct truce_queue_chunk_ *chunk = truce_alloc_(TRUCE_QUEUE_CHUNK_SIZE_);
    if (chunk != NULL) *chunk = (struct truce_queue_chunk_){.base = 0};
    return chunk;
}
