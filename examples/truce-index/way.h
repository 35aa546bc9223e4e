/* A way of counting: a container of words that threads add chunks to. */
#ifndef WAY_H
#define WAY_H

#include <stdbool.h>

#include "counts.h"
#include "words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong, as a text that stays; NULL if nothing did. */
typedef const char *failure;

struct way {
    const char *name;
    bool transactions; /* adding is a transaction of Truce */

    failure (*make)(void **container);

    /* Adds the words of a chunk, also while others add. After a failure the container is only good for drop. */
    failure (*add)(void *container, const struct words *words);

    /* Takes all words out into `counts`, in any order, while nobody adds. */
    failure (*list)(void *container, struct counts *counts);

    void (*drop)(void *container);
};

/* A dict of Truce. */
const struct way *way_truce(void);

/* absl's flat_hash_map under one mutex, and without any lock. NULL if the program was built without absl. */
const struct way *way_mutex(void);
const struct way *way_plain(void);

#ifdef __cplusplus
}
#endif

#endif
