/* Indexing in collections of Truce: one transaction a chunk. */
#include "filing.h"
#include "index.h"
#include "way.h"

static failure make(const struct reading *reading, void **container)
{
    struct index *index;
    const failure problem = index_make(reading, &index);
    *container = index;
    return problem;
}

static failure feed(void *container, uint64_t chunk)
{
    return index_feed(container, chunk);
}

static failure hire(void *container, void **worker)
{
    struct filer *filer;
    const failure problem = filer_make(container, &filer);
    *worker = filer;
    return problem;
}

static failure step(void *worker, enum step *step)
{
    return filer_step(worker, step);
}

static void dismiss(void *worker, struct aborts *aborts)
{
    filer_aborts(worker, aborts);
    filer_free(worker);
}

static failure list(void *container, struct counts *counts)
{
    return index_list(container, counts);
}

static void drop(void *container)
{
    index_free(container);
}

const struct way *way_truce(void)
{
    static const struct way truce = {"truce", true, true, make, feed, hire, step, dismiss, list, drop};
    return &truce;
}
