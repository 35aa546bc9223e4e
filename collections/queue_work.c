/* A transaction's own work on a queue, before the commit. Hides how it is found and how it grows. */
#include "queue_parts.h"

#include <string.h>

struct truce_queue_work_ *truce_queue_work_(const truce_tx *tx, const truce_queue *queue)
{
    const struct truce_effect_ *effect = truce_object_effect_(tx, &queue->object);
    return effect == NULL ? NULL : truce_queue_work_of_(effect);
}

struct truce_queue_work_ *truce_queue_work_make_(truce_tx *tx, truce_queue *queue)
{
    struct truce_queue_work_ *work = truce_queue_work_(tx, queue);
    if (work != NULL) return work;
    work = truce_tx_bytes_(tx, sizeof *work);
    if (work == NULL) return NULL;
    struct truce_effect_ *effect = truce_object_effect_new_(tx, &queue->object);
    if (effect == NULL) return NULL;
    *work = (struct truce_queue_work_){.bytes = truce_queue_has_(queue, TRUCE_QUEUE_BYTES_)};
    effect->value = (uint64_t)(uintptr_t)work;
    return work;
}

/* Room for one entry more in an array of the arena, which has `count` of them. */
static bool make_room(truce_tx *tx, void **entries, size_t count, size_t *room, size_t entry_size)
{
    enum { ROOM_AT_FIRST = 4 };
    if (count < *room) return true;
    const size_t larger = count < ROOM_AT_FIRST ? ROOM_AT_FIRST : count * 2;
    void *moved = truce_tx_bytes_(tx, larger * entry_size);
    if (moved == NULL) return false;
    if (count > 0) memcpy(moved, *entries, count * entry_size);
    *entries = moved;
    *room = larger;
    return true;
}

bool truce_queue_add_push_(truce_tx *tx, struct truce_queue_work_ *work, uint64_t value, bool ticket)
{
    void *entries = work->pushes;
    if (!make_room(tx, &entries, work->now.pushes, &work->push_room, sizeof *work->pushes)) return false;
    work->pushes = entries;
    work->pushes[work->now.pushes++] = (struct truce_queue_push_){value, 0, ticket};
    return true;
}

bool truce_queue_add_take_(truce_tx *tx, struct truce_queue_work_ *work, struct truce_queue_place_ place)
{
    void *entries = work->takes;
    if (!make_room(tx, &entries, work->now.takes, &work->take_room, sizeof *work->takes)) return false;
    work->takes = entries;
    work->takes[work->now.takes++] = place;
    if (place.chunk == NULL) {
        work->own_takes++;
        work->pushes[place.seq].taken = work->now.takes;
    }
    return true;
}

bool truce_queue_took_(const struct truce_queue_work_ *work, const struct truce_queue_moment_ *moment,
                       const struct truce_queue_place_ *place)
{
    if (moment->takes == 0) return false;
    if (!(truce_load_relaxed_(&place->chunk->claimed) & truce_queue_bit_(place))) return false; /* set by itself, if */
    for (size_t i = 0; i < moment->takes; i++) {
        if (work->takes[i].seq == place->seq && work->takes[i].chunk == place->chunk) return true;
    }
    return false;
}

struct truce_queue_asked_ *truce_queue_asked_(truce_tx *tx, const struct truce_queue_work_ *work, size_t number)
{
    struct truce_queue_asked_ *asked = truce_tx_bytes_(tx, sizeof *asked);
    if (asked != NULL) *asked = (struct truce_queue_asked_){truce_queue_now_(work), number};
    return asked;
}
