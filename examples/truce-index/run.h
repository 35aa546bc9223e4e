/* A run: all chunks of a text counted in one way by some threads, with the time it took. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "counts.h"
#include "text.h"
#include "way.h"

struct run {
    const struct way *way;
    unsigned threads;
    uint64_t passes; /* how often the text is gone over */

    double seconds;
    uint64_t commits; /* these two where the way has transactions */
    uint64_t aborts;
};

/* Counts the words of `text` into a new container and lists them, sorted, in `counts`. The time is that of finding and
 * adding the words, not of making the container and listing it. False: it failed, which has been reported. */
bool run_count(struct run *run, const struct text *text, struct counts *counts);

#endif
