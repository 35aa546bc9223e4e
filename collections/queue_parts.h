/* What the parts of a queue share: a transaction's work on it, and its observations. The parts are
 *   queue.c          the public operations on the head and the tail
 *   queue_any.c      pop_any, and claims
 *   queue_count.c    the number of items
 *   queue_each.c     each
 *   queue_work.c     a transaction's own work, before the commit
 *   queue_walk.c     what a transaction sees, item by item
 *   queue_observe.c  judging observations again
 *   queue_commit.c   locking, installing, settling
 *   queue_table.c    chunks
 *   queue_object.c   making and freeing
 *
 * What a transaction did is kept as counts, and replayed: on the items that are committed, followed by those it pushed
 * itself, every pop takes the first that is left, and every pop_any the one it claimed. So it is settled at commit
 * which items pops take, and each answer is one observation: it is judged by answering again with the own work of that
 * moment laid over what is committed then. When all answers are as before,
 *   the items taken by pops are the first ones that no pop_any of the transaction took: what a pop_any took stood
 *     behind all that was popped before it;
 *   every one of them took an item: the number of items is the committed one + pushes - pops - takes.
 */
#ifndef TRUCE_QUEUE_PARTS_H
#define TRUCE_QUEUE_PARTS_H

#include "object.h"
#include "operations.h"
#include "queue_table.h"
#include "ticket.h"

/* How much of its work a transaction had done at some moment. */
struct truce_queue_moment_ {
    size_t pushes;
    size_t pops;  /* items taken in order, committed ones and own ones */
    size_t takes; /* items taken by pop_any, committed ones and own ones */
};

/* An item that the transaction pushed. */
struct truce_queue_push_ {
    uint64_t value; /* bytes: a blob that it owns; 0 once it is in the queue */
    size_t taken;   /* 0, or the number, from 1 on, of the pop_any that took it */
    bool ticket;    /* value: address of a ticket */
};

/* A transaction's work on one queue; the value of its one effect there. In the attempt's arena. */
struct truce_queue_work_ {
    struct truce_queue_moment_ now;
    struct truce_queue_push_ *pushes;
    struct truce_queue_place_ *takes; /* chunk NULL: an own item, seq its number among the pushes */
    size_t push_room, take_room;
    size_t own_takes;                 /* so many of the takes are own items */
    uint64_t known;                   /* items before this number existed at the transaction's time */
    struct truce_queue_chunk_ *near;  /* where the last item was found; NULL: none */
    struct truce_queue_chunk_ *spare; /* chunks made for the commit, linked */
    size_t spare_count, spares_wanted;
    uint32_t head_lock, tail_lock;
    bool bytes; /* the values of the pushes are blobs. Told here, since the queue may have been freed */
};

/* What a record refers to by its key. In the attempt's arena. */
struct truce_queue_asked_ {
    struct truce_queue_moment_ moment; /* own work that was done before */
    size_t number;                     /* len_at_least, push: how many items it takes. pop_any: which take */
};

/* An item that was met. */
struct truce_queue_met_ {
    uint64_t value;
    bool any;    /* false: there are no more */
    bool ticket; /* value: address of a ticket */
};

/* The same as asked for an answer of several items. */
struct truce_queue_listed_ {
    struct truce_queue_moment_ moment;
    struct truce_queue_met_ *items;
    size_t count, room;
    size_t handed; /* so many of them were answered */
    bool complete; /* and that there are no more */
    bool stale;    /* judged again: what was not answered yet may be otherwise */
};

/* A record's flags: the answer was that there is none; it was a ticket. */
enum { TRUCE_QUEUE_NONE_ = TRUCE_RECORD_OWN_1_, TRUCE_QUEUE_TICKET_ = TRUCE_RECORD_OWN_2_ };

/* queue_object.c. Stops unless this is a queue that was not freed and the outputs were given. */
void truce_queue_require_(const truce_queue *queue, bool outputs);

/* What was met, to hand out. */
static inline truce_item truce_queue_item_(const truce_queue *queue, struct truce_queue_met_ met)
{
    if (met.ticket) return truce_ticket_item_(truce_ticket_at_(met.value));
    return truce_value_as_item_(truce_queue_has_(queue, TRUCE_QUEUE_BYTES_), met.value);
}

/* Alone, nothing keeps alive what is handed out. `gives_away`: a word with a release callback becomes the caller's. */
void truce_queue_may_hand_out_alone_(const truce_queue *queue, bool gives_away);

/* queue_work.c. What the transaction has done to the queue; NULL: nothing yet. */
struct truce_queue_work_ *truce_queue_work_(const truce_tx *tx, const truce_queue *queue);

/* The same; made if need be. NULL when memory ran out. */
struct truce_queue_work_ *truce_queue_work_make_(truce_tx *tx, truce_queue *queue);

static inline struct truce_queue_work_ *truce_queue_work_of_(const struct truce_effect_ *effect)
{
    return (struct truce_queue_work_ *)(uintptr_t)effect->value;
}

/* How much of it was done by now. */
static inline struct truce_queue_moment_ truce_queue_now_(const struct truce_queue_work_ *work)
{
    const struct truce_queue_moment_ nothing = {0, 0, 0};
    return work != NULL ? work->now : nothing;
}

/* The net number of items that the work of a moment adds. */
static inline int64_t truce_queue_net_(const struct truce_queue_moment_ *moment)
{
    return (int64_t)(moment->pushes - moment->pops - moment->takes);
}

/* How many committed items pop_any took. */
static inline size_t truce_queue_committed_takes_(const struct truce_queue_work_ *work)
{
    return work->now.takes - work->own_takes;
}

/* Add to the work. False when memory ran out. */
bool truce_queue_add_push_(truce_tx *tx, struct truce_queue_work_ *work, uint64_t value, bool ticket);
bool truce_queue_add_take_(truce_tx *tx, struct truce_queue_work_ *work, struct truce_queue_place_ place);

/* Whether an item was taken by pop_any up to a moment. */
bool truce_queue_took_(const struct truce_queue_work_ *work, const struct truce_queue_moment_ *moment,
                       const struct truce_queue_place_ *place);

static inline bool truce_queue_took_own_(const struct truce_queue_work_ *work, const struct truce_queue_moment_ *moment,
                                         size_t number)
{
    const size_t taken = work->pushes[number].taken;
    return taken != 0 && taken <= moment->takes;
}

/* queue_walk.c. What the transaction saw at a moment, from first to last. */
struct truce_queue_walk_ {
    truce_tx *tx;
    truce_queue *queue;
    uint64_t limit;
    struct truce_queue_work_ *work; /* NULL: nothing was done */
    struct truce_queue_moment_ moment;
    struct truce_queue_view_ view;
    struct truce_queue_place_ place; /* the next committed item to be looked at */
    size_t own;                      /* the next own one, after all of those */
};

/* Stands before the first item that is left, on content not above `limit`. DONE, or what was met. */
enum truce_step_ truce_queue_walk_start_(struct truce_queue_walk_ *walk, truce_tx *tx, truce_queue *queue,
                                         struct truce_queue_moment_ moment, uint64_t limit);

/* Goes on by one item. DONE, or what was met. */
enum truce_step_ truce_queue_walk_next_(struct truce_queue_walk_ *walk, struct truce_queue_met_ *met);

/* The last thing before a walk is believed. DONE or UNSTABLE. */
static inline enum truce_step_ truce_queue_walk_end_(const struct truce_queue_walk_ *walk)
{
    return truce_queue_view_stands_(&walk->view) ? TRUCE_STEP_DONE_ : TRUCE_STEP_UNSTABLE_;
}

/* Keeps what an operation learned about where the items end, for those to come, and for the commit. */
static inline void truce_queue_keep_end_(struct truce_queue_work_ *work, const struct truce_queue_view_ *view)
{
    if (view->end > work->known) work->known = view->end;
}

/* The cell, and flags, of a record whose answer was had from a view: the head alone, or both ends. */
static inline uint64_t truce_queue_cell_(const truce_queue *queue, const struct truce_queue_view_ *view,
                                         struct truce_queue_met_ met)
{
    const uint64_t answer = (met.any ? 0u : TRUCE_QUEUE_NONE_) | (met.ticket ? TRUCE_QUEUE_TICKET_ : 0u);
    return answer | (view->whole ? (uint64_t)(uintptr_t)&truce_never_old_ | TRUCE_RECORD_SEVERAL_
                                 : (uint64_t)(uintptr_t)&queue->head.word);
}

/* What the record of a single item says that was met. */
static inline struct truce_queue_met_ truce_queue_seen_(const struct truce_record_ *record)
{
    return (struct truce_queue_met_){record->seen, !(record->cell & TRUCE_QUEUE_NONE_),
                                     (record->cell & TRUCE_QUEUE_TICKET_) != 0};
}

/* Records the answer to `operation`. `key`: address of what was asked. */
static inline truce_status truce_queue_record_(truce_tx *tx, const truce_queue *queue, unsigned operation,
                                               const struct truce_queue_view_ *view, const void *key,
                                               struct truce_queue_met_ met)
{
    return truce_record_(tx, truce_queue_cell_(queue, view, met), &queue->object, operation, (uint64_t)(uintptr_t)key,
                         met.value);
}

/* A question in the attempt's arena; NULL when memory ran out. */
struct truce_queue_asked_ *truce_queue_asked_(truce_tx *tx, const struct truce_queue_work_ *work, size_t number);

/* queue.c. Lists what is left for the transaction at the moment of `listed`, up to `most` items; `complete` is whether
 * there are no more. Begins the walk, whose tx, queue and limit are set. DONE: and it may be believed. */
enum truce_step_ truce_queue_list_(struct truce_queue_walk_ *walk, struct truce_queue_listed_ *listed, size_t most);

static inline truce_status truce_queue_no_memory_(truce_tx *tx)
{
    return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
}

/* queue_observe.c: the seam's recheck. */
enum truce_step_ truce_queue_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* queue_count.c. Whether there are at least `n` items, as the transaction sees it. */
truce_status truce_queue_at_least_(truce_tx *tx, truce_queue *queue, unsigned operation, size_t n, bool *yes);
enum truce_step_ truce_queue_count_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* queue_any.c. Whether the item of a pop_any is still there. */
enum truce_step_ truce_queue_any_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* Gives back what pop_any claimed. */
void truce_queue_give_back_(const struct truce_queue_work_ *work);

#endif
