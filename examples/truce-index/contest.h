/* The same text indexed in several ways, and the check that all of them made the same index. */
#ifndef CONTEST_H
#define CONTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "counts.h"
#include "reading.h"
#include "run.h"

#define CONTEST_RUNS_MAX 4

struct contest {
    struct reading reading;
    struct run runs[CONTEST_RUNS_MAX];
    size_t run_count;
    struct counts counts; /* of the first run, sorted by word */
};

/* Plans the runs: Truce with `threads` threads; and to compare, Truce on one thread, containers of absl and the
 * standard library under a mutex with `threads` threads, and without a lock on one. Without absl the last two are not
 * there. `reading.text` must stay. */
void contest_plan(struct contest *contest, struct reading reading, unsigned threads, bool compare);

/* Does them. False: one failed, or made another index than the first; that has been reported. */
bool contest_run(struct contest *contest);

/* The run that the others' speed is compared with: the one without a lock, else Truce on one thread. NULL if there is
 * nothing to compare. */
const struct run *contest_baseline(const struct contest *contest);

void contest_free(struct contest *contest);

#endif
