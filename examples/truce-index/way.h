/* A way of indexing: containers that make an inverted index together. A queue of chunks, of each file the first, until
 * it is taken and puts those that follow it there as well; for each word the postings, pairs of a document's number and
 * the word's offset in it; and the documents, numbered in the order in which they were begun. */
#ifndef WAY_H
#define WAY_H

#include <stdbool.h>

#include "aborts.h"
#include "counts.h"
#include "reading.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong, as a text that stays; NULL if nothing did. */
typedef const char *failure;

enum step {
    STEP_FILED,       /* a chunk was taken and its words are in the index */
    STEP_NOTHING_NOW, /* there is nothing to take, but there may be in a moment */
    STEP_FINISHED     /* every chunk is in the index */
};

struct way {
    const char *name;
    bool transactions; /* of Truce */
    bool concurrent;   /* several workers may take steps while the queue is fed */

    /* `reading` must stay as long as the container. */
    failure (*make)(const struct reading *reading, void **container);

    /* Puts the first chunk of a file into the queue. */
    failure (*feed)(void *container, uint64_t chunk);

    /* What a thread needs to take steps. */
    failure (*hire)(void *container, void **worker);

    /* Takes a chunk and files its words. After a failure the container is only good for drop. */
    failure (*step)(void *worker, enum step *step);

    /* Ends a worker that takes no step any more, and adds to `aborts` why its transactions were run again. */
    void (*dismiss)(void *worker, struct aborts *aborts);

    /* Puts all words into `counts`, in any order, while nobody works. */
    failure (*list)(void *container, struct counts *counts);

    void (*drop)(void *container);
};

/* Collections of Truce; the container is a struct index. */
const struct way *way_truce(void);

/* Containers of absl and the standard library under one mutex, and without any lock. NULL if the program was built
 * without absl. */
const struct way *way_mutex(void);
const struct way *way_plain(void);

#ifdef __cplusplus
}
#endif

#endif
