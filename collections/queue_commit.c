/* A queue's work in the commit: the functions of the seam. There is one effect for all of it. */
#include "queue_parts.h"

enum { SLOTS = TRUCE_QUEUE_SLOTS_ };

static truce_queue *queue_of(const struct truce_effect_ *effect)
{
    return truce_queue_of_(effect->participant->object);
}

static bool takes_items(const struct truce_queue_work_ *work)
{
    return work->now.pops > 0 || truce_queue_committed_takes_(work) > 0;
}

static bool puts_items(const struct truce_queue_work_ *work)
{
    return work->now.pushes > work->own_takes;
}

/* How many of the pops take committed items; the others take own ones. The ends are locked as the work asks for. */
static size_t committed_pops(const truce_queue *queue, const struct truce_queue_work_ *work)
{
    if (work->now.pops == 0 || !puts_items(work)) return work->now.pops;
    const uint64_t there = truce_load_relaxed_(&queue->tail.seq) - truce_load_relaxed_(&queue->head.seq) -
                           truce_load_relaxed_(&queue->head.holes);
    const size_t takes = truce_queue_committed_takes_(work);
    const size_t left = there > takes ? (size_t)there - takes : 0;
    return work->now.pops < left ? work->now.pops : left;
}

/* Locking. Whether the observations are true is not known yet: what is needed is found out for any case. */

/* How many chunks the head leaves at most when so many items are taken, and those taken out behind it. */
static uint32_t chunks_left(const truce_queue *queue, uint64_t items, size_t takes)
{
    struct truce_queue_place_ place = {truce_load_ptr_acquire_(&queue->head.chunk),
                                       truce_load_relaxed_(&queue->head.seq)}; /* ours */
    uint64_t there = 0;
    uint32_t chunks = 1 + 2 * (uint32_t)takes;
    while (place.chunk != NULL && there <= items) {
        const uint64_t passed = place.seq - place.chunk->base;
        const uint64_t slots = passed >= SLOTS ? 0 : TRUCE_QUEUE_ALL_ & ~(((uint64_t)1 << passed) - 1);
        there += (uint64_t)__builtin_popcountll(slots & ~truce_load_relaxed_(&place.chunk->gone)); /* ours */
        chunks++;
        place.chunk = truce_load_ptr_acquire_(&place.chunk->next); /* [publish] */
        if (place.chunk != NULL) place.seq = place.chunk->base;
    }
    return chunks;
}

static void need_retires(truce_tx *tx, const truce_queue *queue, const struct truce_queue_work_ *work)
{
    const size_t takes = truce_queue_committed_takes_(work);
    const uint64_t items = committed_pops(queue, work) + takes;
    tx->needs.retires += chunks_left(queue, items, takes);
    if (work->bytes) tx->needs.retires += (uint32_t)items;
}

/* Asks for chunks, if the last one has no room for all that is pushed. */
static void need_chunks(truce_tx *tx, const truce_queue *queue, struct truce_queue_work_ *work)
{
    const struct truce_queue_chunk_ *last = truce_load_ptr_acquire_(&queue->tail.chunk);
    const uint64_t room = last->base + SLOTS - truce_load_relaxed_(&queue->tail.seq); /* ours */
    const size_t own_pops = work->now.pops - committed_pops(queue, work);
    const size_t left = work->now.pushes - work->own_takes;
    const size_t items = left > own_pops ? left - own_pops : 0;
    work->spares_wanted = items > room ? (size_t)((items - room + SLOTS - 1) / SLOTS) : 0;
    if (work->spares_wanted > work->spare_count) tx->needs.effects++;
}

static enum truce_step_ lock_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_queue *queue = queue_of(effect);
    struct truce_queue_work_ *work = truce_queue_work_of_(effect);
    if (takes_items(work)) {
        const enum truce_step_ step = truce_lock_(tx, &queue->head.word, &work->head_lock);
        if (step != TRUCE_STEP_DONE_) return step;
    }
    if (puts_items(work)) {
        const enum truce_step_ step = truce_lock_(tx, &queue->tail.word, &work->tail_lock);
        if (step != TRUCE_STEP_DONE_) return step;
        need_chunks(tx, queue, work);
    }
    if (takes_items(work)) need_retires(tx, queue, work);
    return TRUCE_STEP_DONE_;
}

static bool reserve_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    struct truce_queue_work_ *work = truce_queue_work_of_(effect);
    while (work->spare_count < work->spares_wanted) {
        struct truce_queue_chunk_ *chunk = truce_queue_chunk_new_();
        if (chunk == NULL) return false;
        truce_store_ptr_release_(&chunk->next, work->spare);
        work->spare = chunk;
        work->spare_count++;
        tx->settles = true;
    }
    return true;
}

static struct truce_queue_chunk_ *take_spare(struct truce_queue_work_ *work)
{
    struct truce_queue_chunk_ *chunk = work->spare;
    work->spare = truce_load_ptr_acquire_(&chunk->next);
    work->spare_count--;
    truce_store_ptr_release_(&chunk->next, NULL);
    return chunk;
}

/* Installing. The observations are true: every item that is taken is there. */

static void retire_value(truce_tx *tx, const truce_queue *queue, const struct truce_queue_place_ *place)
{
    if (!truce_queue_has_(queue, TRUCE_QUEUE_BYTES_)) return;
    truce_epoch_retire_(tx->thread, (void *)(uintptr_t)truce_queue_value_(place), truce_memory_free_, NULL);
}

static void retire_chunk(truce_tx *tx, truce_queue *queue, struct truce_queue_chunk_ *chunk)
{
    if (chunk != &queue->before_first) truce_epoch_retire_(tx->thread, chunk, truce_memory_free_, NULL);
}

/* Makes a hole of each item that a pop_any took. */
static void mark_takes(truce_tx *tx, const truce_queue *queue, const struct truce_queue_work_ *work)
{
    for (size_t i = 0; i < work->now.takes; i++) {
        const struct truce_queue_place_ *place = &work->takes[i];
        if (place->chunk == NULL) continue;
        const uint64_t gone = truce_load_relaxed_(&place->chunk->gone);            /* ours */
        truce_store_release_(&place->chunk->gone, gone | truce_queue_bit_(place)); /* [content] */
        retire_value(tx, queue, place);
    }
}

/* The head, while it is moved on. */
struct head {
    struct truce_queue_place_ place;
    uint64_t holes;
};

/* Passes holes, and the ends of chunks that are followed by others. Those that are left behind are retired: who gets
 * to them from now on is none who begins later. */
static void pass_holes(truce_tx *tx, truce_queue *queue, struct head *head)
{
    for (;;) {
        struct truce_queue_place_ *place = &head->place;
        if (place->seq - place->chunk->base < SLOTS) {
            if (!truce_queue_is_gone_(place)) return;
            place->seq++;
            head->holes--;
            continue;
        }
        struct truce_queue_chunk_ *next = truce_load_ptr_acquire_(&place->chunk->next); /* [publish] */
        if (next == NULL) return;
        retire_chunk(tx, queue, place->chunk);
        head->holes -= next->base - place->seq; /* what was taken out in between */
        *place = (struct truce_queue_place_){next, next->base};
    }
}

/* Takes out a chunk of nothing but holes, if it is neither the first nor the last. */
static bool take_out(truce_tx *tx, truce_queue *queue, struct truce_queue_chunk_ *before,
                     struct truce_queue_chunk_ *chunk)
{
    struct truce_queue_chunk_ *next = truce_load_ptr_acquire_(&chunk->next);
    if (next == NULL || truce_load_relaxed_(&chunk->gone) != TRUCE_QUEUE_ALL_) return false;
    truce_store_ptr_release_(&before->next, next); /* [content] */
    retire_chunk(tx, queue, chunk);
    return true;
}

/* Takes out the chunk of an item that a pop_any took, and the one before it, which may have been the last one when its
 * last item was taken. */
static void take_out_around(truce_tx *tx, truce_queue *queue, struct truce_queue_chunk_ *first,
                            struct truce_queue_chunk_ *chunk)
{
    if (chunk->base <= first->base) return;
    struct truce_queue_chunk_ *before_last = NULL, *before = first;
    struct truce_queue_chunk_ *after = truce_load_ptr_acquire_(&before->next);
    while (after->base < chunk->base) {
        before_last = before;
        before = after;
        after = truce_load_ptr_acquire_(&before->next);
    }
    if (after != chunk) return; /* it was, for another of its items */
    if (before_last != NULL && take_out(tx, queue, before_last, before)) before = before_last;
    take_out(tx, queue, before, chunk);
}

static void take_items(truce_tx *tx, truce_queue *queue, const struct truce_queue_work_ *work, size_t pops)
{
    const size_t takes = truce_queue_committed_takes_(work);
    if (pops == 0 && takes == 0) return;
    struct head head = {{truce_load_ptr_acquire_(&queue->head.chunk), truce_load_relaxed_(&queue->head.seq)},
                        truce_load_relaxed_(&queue->head.holes) + takes}; /* ours */
    mark_takes(tx, queue, work);
    for (size_t i = 0; i < pops; i++) {
        pass_holes(tx, queue, &head);
        retire_value(tx, queue, &head.place);
        head.place.seq++;
    }
    pass_holes(tx, queue, &head);
    for (size_t i = 0; i < work->now.takes; i++) {
        if (work->takes[i].chunk != NULL) take_out_around(tx, queue, head.place.chunk, work->takes[i].chunk);
    }
    uint64_t known = truce_load_relaxed_(&queue->head.known); /* ours */
    if (known < work->known) known = work->known;
    if (known < head.place.seq) known = head.place.seq;
    truce_store_release_(&queue->head.seq, head.place.seq); /* [content], as the next three */
    truce_store_ptr_release_(&queue->head.chunk, head.place.chunk);
    truce_store_release_(&queue->head.holes, head.holes);
    truce_store_release_(&queue->head.known, known);
    tx->locks[work->head_lock].changed = true;
}

/* Writes the items that the transaction pushed and did not take itself, but for the first `popped` of them. */
static void put_items(truce_tx *tx, truce_queue *queue, struct truce_queue_work_ *work, size_t popped)
{
    struct truce_queue_chunk_ *chunk = truce_load_ptr_acquire_(&queue->tail.chunk);
    const uint64_t before = truce_load_relaxed_(&queue->tail.seq); /* ours */
    uint64_t seq = before;
    for (size_t i = 0; i < work->now.pushes; i++) {
        struct truce_queue_push_ *push = &work->pushes[i];
        if (push->taken != 0) continue;
        if (popped > 0) {
            popped--;
            continue;
        }
        if (seq - chunk->base >= SLOTS) {
            struct truce_queue_chunk_ *next = take_spare(work);
            next->base = seq;
            truce_store_ptr_release_(&queue->tail.chunk, next); /* first: who sees the link may retire the chunk */
            truce_store_ptr_release_(&chunk->next, next);       /* [publish] */
            chunk = next;
        }
        truce_store_release_(truce_queue_slot_(chunk, seq - chunk->base), push->value);
        if (work->bytes) push->value = 0;
        seq++;
    }
    if (seq == before) return;
    truce_store_release_(&queue->tail.seq, seq); /* [content], [publish] */
    tx->locks[work->tail_lock].changed = true;
}

static void install_effect(truce_tx *tx, struct truce_effect_ *effect)
{
    truce_queue *queue = queue_of(effect);
    struct truce_queue_work_ *work = truce_queue_work_of_(effect);
    const size_t pops = committed_pops(queue, work);
    if (takes_items(work)) take_items(tx, queue, work, pops);
    if (puts_items(work)) put_items(tx, queue, work, work->now.pops - pops);
}

/* Settling. */

static void free_own_values(struct truce_queue_work_ *work)
{
    for (size_t i = 0; i < work->now.pushes; i++) truce_free_((void *)(uintptr_t)work->pushes[i].value);
}

static void settle_effect(truce_tx *tx, struct truce_effect_ *effect, bool committed)
{
    (void)tx;
    struct truce_queue_work_ *work = truce_queue_work_of_(effect);
    if (!committed) truce_queue_give_back_(work);
    if (work->bytes) free_own_values(work);
    while (work->spare_count > 0) truce_free_(take_spare(work));
}

const struct truce_kind_ truce_queue_kind_ = {
    .name = "queue",
    .recheck = truce_queue_recheck_,
    .reserve_effect = reserve_effect,
    .lock_effect = lock_effect,
    .install_effect = install_effect,
    .settle_effect = settle_effect,
};
