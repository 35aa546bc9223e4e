/* Queries: the text is indexed once, and each query answered from the index. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>

#include "options.h"
#include "query.h"
#include "reading.h"

/* Indexes what is read and prints the answer to each query, once it agrees with what reading the whole text gives.
 * False: something failed or an answer is wrong, which has been reported. */
bool ask(const struct options *options, const struct reading *reading, const struct query *queries, size_t count);

#endif
