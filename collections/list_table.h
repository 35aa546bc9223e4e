/* A list's table: lines, where they are, and what is in them. Hides the layout; what operations mean is elsewhere.
 *
 * A line is a cache line {cell, seven values}; index i is slot i % 7 of line i / 7. The cell's low byte says how many of
 * the slots are taken, so that this one line has what get needs: the value, or that the list ends before.
 *
 *   words: a slot holds the value
 *   bytes: a slot holds a blob: size and bytes, never changed once it is in the table
 *
 * The tail is one more cell, which guards the length.
 *
 *   line k has min(7, max(0, length - 7 k)) slots taken
 *   length <= 7 * lines
 *
 * Lines stand in segments, four of each size, 1, 2, 4, ... lines: what is allocated and not used is at most a quarter.
 * With n = line + 4, a segment is found by the position of n's highest bit and the two bits below it. Segments and lines
 * never move and are never freed before the list.
 *
 * Growing. Who needs more lines makes the next segment before it locks anything, puts it into the directory with a
 * compare-and-swap, and then raises the number of lines: [publish]. A line that is new is empty, so nothing that anybody
 * observed changes. A full directory is copied into one twice as large; the old one stays for those who still read it.
 * Entries are filled in order, so that a full one is final.
 *
 * Reading. [shape]: a reader takes its time r before it loads the number of lines. Whoever committed at a time up to r
 * had published its lines before: so a line that does not exist is out of range as of r, and the tail, which every
 * change of the length changes, is the cell to observe for that. Under the tail's lock the length can't change, and
 * what stands behind it can be changed by nobody else.
 *
 * Locking: the tail first, if elements are added, taken away or moved; then the lines with values overwritten in the
 * order in which the transaction did that; then everything from the first element that moves on, by index. A thread
 * that stops while it holds locks keeps those waiting who need these lines or the length; growing needs none.
 */
#ifndef TRUCE_LIST_TABLE_H
#define TRUCE_LIST_TABLE_H

#include "stm_core/core.h"

#include <truce/list.h>

#include "value.h"

enum { TRUCE_LINE_SLOTS_ = 7, TRUCE_LIST_FIRST_SEGMENTS_ = 6 };

/* No memory holds a longer list: whatever is behind is out of range, and counting up from it does not overflow. */
#define TRUCE_LIST_INDEX_MAX_ ((uint64_t)1 << 60)

struct truce_line_ {
    truce_atomic64_ word; /* the cell; its low byte: how many slots are taken */
    truce_atomic64_ values[TRUCE_LINE_SLOTS_];
};

/* A directory that was allocated. */
struct truce_list_directory_ {
    struct truce_list_directory_ *older; /* fixed; NULL: it was the one in the list */
    size_t capacity;
    truce_atomic_ptr_ segments[];
};

/* The variants of a list, in its magic. */
enum {
    TRUCE_LIST_MAGIC_ = 0x7115700,
    TRUCE_LIST_BYTES_ = 1,
    TRUCE_LIST_RELEASES_ = 2,
    TRUCE_LIST_VARIANTS_ = 3
};

struct truce_list {
    /* Read by every operation; written when the table grows. */
    struct truce_object_ object;
    truce_atomic_ptr_ segments; /* of truce_atomic_ptr_: the first lines of the segments */
    truce_atomic64_ lines;      /* how many there are: never less */
    truce_release *release;     /* these two are fixed */
    void *release_context;
    /* Written by who changes the length. */
    truce_atomic64_ tail; /* the cell */
    truce_atomic64_ length;
    truce_atomic_ptr_ first_segments[TRUCE_LIST_FIRST_SEGMENTS_];
};

_Static_assert(sizeof(struct truce_line_) == 64, "a line is a cache line");
_Static_assert(sizeof(struct truce_list) == 128, "an empty list is cheap");
_Static_assert(offsetof(struct truce_list, object) % TRUCE_OBJECT_ALIGNMENT_ == 0, "a record refers to the object");

static inline truce_list *truce_list_of_(const struct truce_object_ *object)
{
    return (truce_list *)((uintptr_t)object - offsetof(struct truce_list, object));
}

extern const struct truce_kind_ truce_list_kind_;

static inline bool truce_list_has_(const truce_list *list, unsigned variant)
{
    return (list->object.magic & variant) != 0;
}

/* Where things are. */

static inline uint64_t truce_list_lines_(const truce_list *list)
{
    return truce_load_seq_cst_(&list->lines); /* [shape], [publish] */
}

/* The segment of a line. */
struct truce_list_place_ {
    unsigned segment;
    uint64_t lines;  /* in the segment */
    uint64_t offset; /* of the line in it */
};

static inline struct truce_list_place_ truce_list_place_(uint64_t line)
{
    const uint64_t n = line + 4;
    const unsigned shift = 61u - (unsigned)__builtin_clzll(n);
    const uint64_t lines = (uint64_t)1 << shift;
    return (struct truce_list_place_){shift * 4 + (unsigned)(n >> shift & 3), lines, n & (lines - 1)};
}

/* A line that exists. */
static inline struct truce_line_ *truce_list_line_(const truce_list *list, uint64_t line)
{
    const truce_atomic_ptr_ *segments = truce_load_ptr_acquire_(&list->segments); /* [publish] */
    const struct truce_list_place_ place = truce_list_place_(line);
    struct truce_line_ *first = truce_load_ptr_acquire_(&segments[place.segment]); /* [publish] */
    return first + place.offset;
}

static inline uint64_t truce_list_lines_for_(uint64_t length)
{
    return length / TRUCE_LINE_SLOTS_ + (length % TRUCE_LINE_SLOTS_ != 0);
}

/* list_lines.c. Makes lines until there are `lines`. No locks are held. False when memory ran out. */
bool truce_list_make_lines_(truce_list *list, uint64_t lines);

/* Frees every segment and directory. */
void truce_list_free_lines_(truce_list *list);

#endif
