/* What a transaction sees of a queue: the committed items it has not taken, then its own. Hides chunks, holes, and that
 * the tail is looked at only by who comes to the end of what is known. */
#include "queue_parts.h"

enum { SLOTS = TRUCE_QUEUE_SLOTS_ };

static enum truce_step_ look_whole(struct truce_queue_walk_ *walk)
{
    return truce_queue_look_whole_(walk->tx, walk->queue, walk->limit, &walk->view);
}

/* Finds the chunk of the place. One that was found before, and is not behind it, saves the way from the head. */
static enum truce_step_ find(struct truce_queue_walk_ *walk)
{
    struct truce_queue_work_ *work = walk->work;
    struct truce_queue_place_ *place = &walk->place;
    if (TRUCE_LIKELY_(place->seq - place->chunk->base < SLOTS)) return TRUCE_STEP_DONE_;
    if (work != NULL && work->near != NULL && work->near->base <= place->seq && work->near->base > place->chunk->base) {
        place->chunk = work->near;
    }
    const enum truce_step_ step = truce_queue_find_(place);
    if (step == TRUCE_STEP_DONE_ && work != NULL) work->near = place->chunk;
    return step;
}

/* Passes what was popped, where the items stand side by side. */
static enum truce_step_ skip_at_once(struct truce_queue_walk_ *walk)
{
    uint64_t there = truce_queue_view_count_(&walk->view);
    if (walk->moment.pops > there) {
        const enum truce_step_ step = look_whole(walk);
        if (step != TRUCE_STEP_DONE_) return step;
        there = truce_queue_view_count_(&walk->view);
    }
    const size_t committed = walk->moment.pops < there ? walk->moment.pops : (size_t)there;
    walk->place.seq += committed;
    walk->own = walk->moment.pops - committed;
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_queue_walk_start_(struct truce_queue_walk_ *walk, truce_tx *tx, truce_queue *queue,
                                         struct truce_queue_moment_ moment, uint64_t limit)
{
    walk->tx = tx;
    walk->queue = queue;
    walk->limit = limit;
    walk->work = truce_queue_work_(tx, queue);
    walk->moment = moment;
    walk->own = 0;
    enum truce_step_ step =
        truce_queue_look_(tx, queue, limit, walk->work != NULL ? walk->work->known : 0, &walk->view);
    if (step != TRUCE_STEP_DONE_) return step;
    walk->place = walk->view.first;
    if (moment.pops == 0) return TRUCE_STEP_DONE_;
    if (walk->view.holes == 0 && moment.takes == 0) return skip_at_once(walk);
    for (size_t i = 0; i < moment.pops; i++) {
        struct truce_queue_met_ popped;
        step = truce_queue_walk_next_(walk, &popped);
        if (step != TRUCE_STEP_DONE_ || !popped.any) return step;
    }
    return TRUCE_STEP_DONE_;
}

static enum truce_step_ next_own(struct truce_queue_walk_ *walk, struct truce_queue_met_ *met)
{
    *met = (struct truce_queue_met_){0, false, false};
    while (walk->own < walk->moment.pushes && !met->any) {
        const size_t number = walk->own++;
        if (truce_queue_took_own_(walk->work, &walk->moment, number)) continue;
        const struct truce_queue_push_ *push = &walk->work->pushes[number];
        *met = (struct truce_queue_met_){push->value, true, push->ticket};
    }
    return TRUCE_STEP_DONE_;
}

enum truce_step_ truce_queue_walk_next_(struct truce_queue_walk_ *walk, struct truce_queue_met_ *met)
{
    for (;;) {
        if (walk->place.seq >= walk->view.end) {
            if (walk->view.whole) return next_own(walk, met);
            const enum truce_step_ step = look_whole(walk);
            if (step != TRUCE_STEP_DONE_) return step;
            continue;
        }
        const uint64_t wanted = walk->place.seq;
        const enum truce_step_ step = find(walk);
        if (step != TRUCE_STEP_DONE_) return step;
        if (walk->place.seq != wanted) continue; /* past what was taken out */
        const struct truce_queue_place_ here = walk->place;
        walk->place.seq++;
        if (truce_queue_is_gone_(&here)) continue;
        if (truce_queue_took_(walk->work, &walk->moment, &here)) continue;
        *met = (struct truce_queue_met_){truce_queue_value_(&here), true, false};
        return TRUCE_STEP_DONE_;
    }
}
