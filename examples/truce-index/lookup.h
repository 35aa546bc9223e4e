/* Answering a query from the index. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "answer.h"
#include "index.h"
#include "query.h"

/* Adds the documents that hold all words of the query, as of one instant: others may be filing meanwhile. */
failure lookup_query(struct index *index, const struct query *query, struct answer *answer);

#endif
