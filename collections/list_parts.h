/* What the parts of a list share: its own work and its observations. The parts are
 *   list.c          the public operations on elements
 *   list_count.c    those on the length
 *   list_each.c     iterating
 *   list_object.c   making and freeing
 *   list_own.c      a transaction's changes, before the commit
 *   list_observe.c  what a transaction sees, observations, and judging them again
 *   list_commit.c   locking, installing, settling
 *   list_release.c  what becomes of values that a list owns
 *   list_lines.c    growing
 *
 * Own work is a journal of entries, in the order in which the transaction made them, with indexes as they were then; at
 * the commit they are carried out in that order on what is committed then. All of it is in the attempt's arena, and
 * reached through one effect, whose hash comes from the list.
 *
 * A view is the committed list with the first so many entries carried out. What a view has at an index is found by
 * going back from its last entry: each says where the element was before it, or that it made it. So an answer is a
 * function of a view and of the content of a few cells, and an observation is judged again by computing the answer
 * anew. Entries that a recorded view has are never changed.
 */
#ifndef TRUCE_LIST_PARTS_H
#define TRUCE_LIST_PARTS_H

#include "list_table.h"
#include "object.h"
#include "operations.h"
#include "ticket.h"

/* A value as own work keeps it. */
struct truce_own_value_ {
    uint64_t value; /* word, or address of a blob or of a ticket */
    uint64_t kind;  /* of item.h */
};

enum truce_list_change_ {
    TRUCE_LIST_SET_,    /* index, given */
    TRUCE_LIST_ADD_,    /* index, given.value: the operand */
    TRUCE_LIST_APPEND_, /* index: number of the first element among those appended; given.value: how many, in a row */
    TRUCE_LIST_INSERT_, /* from here on changes that move or take away elements. index, given */
    TRUCE_LIST_REMOVE_, /* index */
    TRUCE_LIST_POP_,    /* given.value: how many, in a row */
    TRUCE_LIST_CLEAR_
};

struct truce_list_entry_ {
    uint64_t index;
    struct truce_own_value_ given;
    int64_t net;    /* the length before it, less the committed length */
    uint32_t older; /* of SET and ADD, linked: the number, from 1, of the one before that may have the same index */
    uint8_t change;
    bool absolute; /* the list was cleared before it: net is the length */
    bool handed;   /* what it took away was handed out */
};

/* A ticket, and the element it stands for. */
struct truce_list_promise_ {
    struct truce_list_promise_ *next;
    struct truce_ticket_ *ticket;
    uint64_t number; /* of the element among those appended */
};

/* What is noted of a value in a commit. */
enum truce_list_note_ {
    TRUCE_LIST_BEFORE_, /* it stood at a place that is changed */
    TRUCE_LIST_GIVEN_,
    TRUCE_LIST_AFTER_,  /* it stands there afterwards */
    TRUCE_LIST_HANDED_, /* it was handed out and is the caller's */
    TRUCE_LIST_NOTES_
};

struct truce_list_event_ {
    uint64_t value;
    uint64_t order; /* number of the event * TRUCE_LIST_NOTES_ + enum truce_list_note_ */
};

/* What fits the work itself, without more memory. */
enum { TRUCE_LIST_FIRST_ENTRIES_ = 2, TRUCE_LIST_FIRST_APPENDED_ = 4, TRUCE_LIST_SMALL_IMAGE_ = 16 };

#define TRUCE_LIST_NOTHING_ UINT32_MAX /* as the number of an entry */

/* What a transaction does to one list. */
struct truce_list_work_ {
    struct truce_list_entry_ *entries;
    uint32_t count, capacity;
    uint32_t observed;   /* so many entries are part of recorded views */
    uint32_t moves_from; /* number of the first entry from INSERT on; NOTHING: none */
    uint32_t *heads;     /* by hash of the index: the newest SET or ADD, from 1. NULL while the entries are few */
    uint32_t heads_mask;
    bool absolute; /* these two as in an entry, for the next one */
    int64_t net;
    uint64_t index_end; /* above every index of SET and ADD */
    struct truce_own_value_ *appended;
    uint64_t appended_count, appended_capacity;
    struct truce_list_promise_ *promises;

    /* Found under the locks. */
    uint64_t before, after; /* the length */
    uint64_t low;           /* from this index on elements are added, taken away or moved; UINT64_MAX: none */
    uint64_t high;          /* the greatest length meanwhile */
    bool imaged;            /* from `low` on the new content is made in the image */
    uint32_t tail_lock;

    /* What the installing needs: made without locks. */
    uint64_t lines_needed;
    uint64_t *image; /* small_image, or owned */
    uint64_t image_capacity, image_needed;
    struct truce_list_event_ *events; /* owned */
    uint64_t events_count, events_capacity, events_needed;

    /* From here on not zeroed. */
    struct truce_list_entry_ first_entries[TRUCE_LIST_FIRST_ENTRIES_];
    struct truce_own_value_ first_appended[TRUCE_LIST_FIRST_APPENDED_];
    uint64_t small_image[TRUCE_LIST_SMALL_IMAGE_];
};

/* A view: entries 0 has no own work in it. */
struct truce_list_view_ {
    const struct truce_list_work_ *work;
    uint64_t appended; /* so many elements were appended then */
    uint64_t in_row;   /* and the last entry, of APPEND or POP, had so many */
    uint32_t entries;
};

/* What is asked of a view. */
enum truce_list_asked_ {
    TRUCE_LIST_VALUE_,    /* at `index` */
    TRUCE_LIST_IN_RANGE_, /* whether there is something at `index` */
    TRUCE_LIST_LAST_,     /* the last value */
    TRUCE_LIST_LENGTH_,
    TRUCE_LIST_AT_LEAST_ /* whether the length is `index` or more */
};

struct truce_list_question_ {
    enum truce_list_asked_ asked;
    uint64_t index;
    struct truce_list_view_ view;
};

struct truce_list_answer_ {
    bool present;
    struct truce_own_value_ held; /* the value; of a length or a yes or no: that as a word */
};

/* A record's flags. */
enum {
    TRUCE_RECORD_NOT_THERE_ = TRUCE_RECORD_OWN_1_, /* seen: out of range, or empty */
    TRUCE_RECORD_ASKED_ = TRUCE_RECORD_OWN_2_      /* key: address of what was asked; else the index */
};

/* Stops unless this is a list that was not freed and the outputs were given. */
void truce_list_require_(const truce_list *list, bool outputs);

static inline truce_status truce_list_no_memory_(truce_tx *tx)
{
    return truce_tx_fail_(tx, TRUCE_NO_MEMORY);
}

/* The transaction's work on a list; NULL if there is none. */
static inline struct truce_list_work_ *truce_list_work_if_any_(const truce_tx *tx, const truce_list *list)
{
    const struct truce_effect_ *effect = truce_object_effect_(tx, &list->object);
    return TRUCE_LIKELY_(effect == NULL) ? NULL : (struct truce_list_work_ *)(uintptr_t)effect->value;
}

/* list_own.c. Found or made; NULL when memory ran out. */
struct truce_list_work_ *truce_list_work_(truce_tx *tx, truce_list *list);

/* The view of everything the transaction has done so far. */
struct truce_list_view_ truce_list_view_(const truce_tx *tx, const truce_list *list);

/* The newest SET or ADD of an index among the first `entries`, counted from 1; 0: none. older: the one before it. */
uint32_t truce_list_newest_(const struct truce_list_work_ *work, uint64_t index, uint32_t entries);
uint32_t truce_list_older_(const struct truce_list_work_ *work, uint32_t number);

/* How many in a row the so many-th entry of a view, of APPEND or POP, is for. */
static inline uint64_t truce_list_in_row_(const struct truce_list_view_ *view, uint32_t number)
{
    return number == view->entries ? view->in_row : view->work->entries[number - 1].given.value;
}

/* The length after the so many-th entry of a view, less the committed length; *absolute: it is the length. */
int64_t truce_list_net_(const struct truce_list_view_ *view, uint32_t number, bool *absolute);

/* A value that is given, copied. TOO_LARGE and NO_MEMORY fail the transaction. Stops if it is of the wrong kind. */
truce_status truce_list_take_(truce_tx *tx, const truce_list *list, truce_item value, struct truce_own_value_ *taken);

/* One more entry. OK or NO_MEMORY; then what was given is freed. */
truce_status truce_list_note_(truce_tx *tx, truce_list *list, enum truce_list_change_ change, uint64_t index,
                              struct truce_own_value_ given, bool handed);
truce_status truce_list_note_append_(truce_tx *tx, truce_list *list, struct truce_own_value_ given);

/* A ticket for the element appended last. */
truce_status truce_list_promise_(truce_tx *tx, truce_list *list, truce_item *ticket);

/* list_observe.c. Answers a question about a view, and records that unless own work alone decides. */
truce_status truce_list_observe_(truce_tx *tx, truce_list *list, unsigned operation,
                                 const struct truce_list_question_ *question, struct truce_list_answer_ *answer);

/* An item to hand out. */
truce_item truce_list_item_(const truce_list *list, const struct truce_own_value_ *value);

/* The committed value at an index, on content not above `limit`. DONE, or what was met; *cell says so. */
enum truce_step_ truce_list_read_(truce_tx *tx, const truce_list *list, uint64_t index, uint64_t limit,
                                  truce_atomic64_ **cell, bool *present, uint64_t *value);

enum truce_step_ truce_list_recheck_(truce_tx *tx, struct truce_record_ *record, uint64_t limit);

/* list_release.c. Notes something of a value. Room for events was made. */
void truce_list_note_value_(struct truce_list_work_ *work, uint64_t value, enum truce_list_note_ note);

/* Whether anybody must be told what becomes of values. */
static inline bool truce_list_owns_(const truce_list *list)
{
    return truce_list_has_(list, TRUCE_LIST_BYTES_ | TRUCE_LIST_RELEASES_);
}

/* Releases what is gone. */
void truce_list_retire_gone_(truce_tx *tx, const truce_list *list, struct truce_list_work_ *work);

#endif
