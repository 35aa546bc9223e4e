/* The transaction that takes a chunk and files its words in the index, and what a thread needs to run it. */
#ifndef FILING_H
#define FILING_H

#include "aborts.h"
#include "index.h"
#include "way.h"

struct filer;

/* Makes a filer for one thread. On a failure *filer is NULL. */
failure filer_make(struct index *index, struct filer **filer);

/* Takes a chunk from the queue and files it, if there is one. */
failure filer_step(struct filer *filer, enum step *step);

/* Adds to `aborts` why the filer's transactions were run again. */
void filer_aborts(const struct filer *filer, struct aborts *aborts);

void filer_free(struct filer *filer);

#endif
