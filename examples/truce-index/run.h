/* A run: a text indexed in one way by some threads, with the time it took. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "aborts.h"
#include "counts.h"
#include "reading.h"
#include "way.h"

struct run {
    const struct way *way;
    unsigned threads;

    double seconds;
    uint64_t commits; /* these three where the way has transactions */
    uint64_t aborts;
    struct aborts why;
};

/* Indexes what is read into a new container, which is the caller's to drop. The time is that of feeding the queue,
 * finding the words and filing them, not of making the container. False: it failed, which has been reported. */
bool run_index(struct run *run, const struct reading *reading, void **container);

/* Lists a container's words, sorted, in `counts`. False: it failed, which has been reported. */
bool run_list(const struct run *run, void *container, struct counts *counts);

#endif
