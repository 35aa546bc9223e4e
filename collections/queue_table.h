/* A queue's layout: chunks of items between two ends. Hides where an item stands; what operations mean is elsewhere.
 *
 * Items are numbered in the order in which they were pushed; an item keeps its number. They stand in chunks of 60,
 * which are linked from older to newer. Two cells guard everything, and lie in different pairs of cache lines:
 *
 *   the head's cell   head.seq (number of the first item), head.chunk (where it stands), head.holes, head.known, and of
 *                     every chunk which of its items are gone; the links that lead past chunks of which nothing is left
 *   the tail's cell   tail.seq (number of the next item), tail.chunk (where that will stand, or behind which), and the
 *                     link from the last chunk to a new one
 *   no cell           the items themselves, and which of them are claimed
 *
 * Invariants:
 *   the items that are there: head.seq <= number < tail.seq, and not gone;
 *   the number of items = tail.seq - head.seq - head.holes;
 *   head.known <= tail.seq: items before it had been pushed when the head's cell was given its version;
 *   item n stands in slot n - base of the chunk with base <= n < base + 60. Chunks without a hole between them follow
 *     each other without a gap; where a chunk was taken out, all of its items count as holes;
 *   tail.chunk is the last chunk, and is never taken out: its link is NULL;
 *   the item at head.seq is there, or head.seq is tail.seq.
 *
 * An item is written under the tail's lock, before tail.seq says that it exists: [publish]. From then on it never
 * changes, and its memory stays until nobody can see it. Therefore an item whose number is below a tail.seq that was
 * seen may be read without looking at the tail; and that it has been pushed stays true for ever. That is why popping
 * doesn't disturb pushing, nor the other way round: a pop observes the head's cell alone, as long as it knows by
 * head.known, or because it looked at the tail before, that there is an item. Only who learns that there are no more
 * items, or how many, observes the tail: both cells then, at one instant.
 *
 * Claims. pop_any claims an item for its attempt by setting a bit with compare-and-swap, at the call. Only pop_any
 * looks at these bits. The bit of an item that was taken, one way or the other, means nothing. An attempt that ends
 * without committing clears the bits it set, and no others; the chunk is readable as long as the attempt is open. A
 * taken item leaves a hole: it is marked as gone, under the head's lock. The head moves over holes; a chunk behind it
 * of which all items are gone is taken out, so that an item that nobody takes doesn't keep those that came after it;
 * one that was the last then goes with the next.
 *
 * Memory. Chunks that the head has left, or that were taken out, are retired; their own link still leads forward, to
 * chunks that can't be freed earlier, so who stands on one finds the way. A chunk for a push is made before the locks.
 *
 * Reading: look at the head's cell, read what it guards, look at the tail's cell if need be, read, and see that both
 * looks stand. What is read in between may not fit together (a chunk that does not hold the number, a link that is
 * still NULL): whoever walks then starts over. But every item read is one that was pushed, since its number is below a
 * tail.seq that was, and its memory is there, since it had not been taken when the attempt began.
 *
 * If a thread stops: between looks, or with claims, nobody waits; its claims stay excluded from pop_any, and its open
 * attempt keeps what is retired from then on. In a commit with the head locked, poppers wait; with the tail locked,
 * pushers and those who must know where the items end.
 */
#ifndef TRUCE_QUEUE_TABLE_H
#define TRUCE_QUEUE_TABLE_H

#include "stm_core/core.h"

#include <truce/queue.h>

#include "value.h"

enum { TRUCE_QUEUE_SLOTS_ = 60, TRUCE_QUEUE_FIRST_ = TRUCE_QUEUE_SLOTS_ /* number of the first item ever */ };

/* All items of a chunk. */
#define TRUCE_QUEUE_ALL_ (((uint64_t)1 << TRUCE_QUEUE_SLOTS_) - 1)

/* What a chunk begins with; its items follow. */
struct truce_queue_chunk_ {
    truce_atomic_ptr_ next;
    uint64_t base;           /* number of the item in slot 0; fixed */
    truce_atomic64_ gone;    /* bit i: the item in slot i is a hole. The head's */
    truce_atomic64_ claimed; /* bit i: a pop_any has it */
};

enum { TRUCE_QUEUE_CHUNK_SIZE_ = sizeof(struct truce_queue_chunk_) + TRUCE_QUEUE_SLOTS_ * sizeof(truce_atomic64_) };

struct truce_queue_head_ {
    truce_atomic64_ word;
    truce_atomic64_ seq;
    truce_atomic64_ holes; /* numbers from seq on that are not there any more */
    truce_atomic64_ known;
    truce_atomic_ptr_ chunk;
    char rest_of_lines[88];
};

struct truce_queue_tail_ {
    truce_atomic64_ word;
    truce_atomic64_ seq;
    truce_atomic_ptr_ chunk;
    char rest_of_lines[104];
};

/* The variants of a queue, in its magic. */
enum {
    TRUCE_QUEUE_MAGIC_ = 0x7c0e7e00,
    TRUCE_QUEUE_BYTES_ = 1,
    TRUCE_QUEUE_RELEASES_ = 2,
    TRUCE_QUEUE_BOUNDED_ = 4,
    TRUCE_QUEUE_VARIANTS_ = 7
};

struct truce_queue {
    struct truce_object_ object;
    uint64_t capacity; /* of a bounded queue. These three are fixed */
    truce_release *release;
    void *release_context;
    struct truce_queue_chunk_ before_first; /* base 0, without slots: numbers begin behind it */
    char rest_of_lines[40];
    struct truce_queue_head_ head;
    struct truce_queue_tail_ tail;
};

_Static_assert(sizeof(struct truce_queue) == 384, "a queue that was never used is three pairs of cache lines");
_Static_assert(offsetof(struct truce_queue, head) == 128 && offsetof(struct truce_queue, tail) == 256,
               "the ends share no cache line");
_Static_assert(offsetof(struct truce_queue, object) % TRUCE_OBJECT_ALIGNMENT_ == 0, "a record refers to the object");
_Static_assert(TRUCE_QUEUE_CHUNK_SIZE_ == 512, "a chunk is eight cache lines");

static inline truce_queue *truce_queue_of_(const struct truce_object_ *object)
{
    return (truce_queue *)((uintptr_t)object - offsetof(struct truce_queue, object));
}

extern const struct truce_kind_ truce_queue_kind_;

static inline bool truce_queue_has_(const truce_queue *queue, unsigned variant)
{
    return (queue->object.magic & variant) != 0;
}

static inline truce_atomic64_ *truce_queue_slot_(const struct truce_queue_chunk_ *chunk, uint64_t slot)
{
    return (truce_atomic64_ *)((uintptr_t)chunk + sizeof *chunk) + slot;
}

/* Where an item stands. */
struct truce_queue_place_ {
    struct truce_queue_chunk_ *chunk;
    uint64_t seq;
};

static inline uint64_t truce_queue_bit_(const struct truce_queue_place_ *place)
{
    return (uint64_t)1 << (place->seq - place->chunk->base);
}

static inline bool truce_queue_is_gone_(const struct truce_queue_place_ *place)
{
    return (truce_load_acquire_(&place->chunk->gone) & truce_queue_bit_(place)) != 0; /* [content] */
}

static inline uint64_t truce_queue_value_(const struct truce_queue_place_ *place)
{
    /* [publish]: who knows the number has loaded a tail.seq above it, or what was stored after such a load. */
    return truce_load_acquire_(truce_queue_slot_(place->chunk, place->seq - place->chunk->base));
}

/* A queue as it stands at a time: its head, and its tail where that was asked for. */
struct truce_queue_view_ {
    struct truce_look_ head, tail;
    struct truce_queue_place_ first;
    uint64_t holes;
    uint64_t end; /* items before this number exist */
    bool whole;   /* and no others: the tail was looked at */
};

/* Looks at the head, on content not above `limit`. `known`: items before this number existed at that time. DONE, or
 * what was met. */
enum truce_step_ truce_queue_look_(truce_tx *tx, truce_queue *queue, uint64_t limit, uint64_t known,
                                   struct truce_queue_view_ *view);

/* The same with the tail, if that was not done yet. */
enum truce_step_ truce_queue_look_whole_(truce_tx *tx, truce_queue *queue, uint64_t limit,
                                         struct truce_queue_view_ *view);

/* Whether what was read through the view is what the looks guard. */
static inline bool truce_queue_view_stands_(const struct truce_queue_view_ *view)
{
    return truce_look_stands_(&view->head) && (!view->whole || truce_look_stands_(&view->tail));
}

/* How many items there are at least, by the view; if it is whole, how many there are. */
static inline uint64_t truce_queue_view_count_(const struct truce_queue_view_ *view)
{
    const uint64_t not_there = view->first.seq + view->holes;
    return view->end > not_there ? view->end - not_there : 0;
}

/* Moves a place whose number is below view->end to the chunk where that number stands; if that chunk was taken out, to
 * the first number behind it. UNSTABLE if what was read does not fit together, else DONE. */
enum truce_step_ truce_queue_find_(struct truce_queue_place_ *place);

/* A new chunk; NULL when memory ran out. */
struct truce_queue_chunk_ *truce_queue_chunk_new_(void);

#endif
