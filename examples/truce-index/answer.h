/* What a query is answered with: the documents that hold all its words, and their lines that hold one of them. */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "query.h"
#include "text.h"

struct answer_line {
    const struct text_file *file;
    size_t number; /* from 1 */
    size_t start;  /* offset in the file */
    size_t size;   /* without its line end */
    size_t match;  /* offset in the file of the first of the words */
};

/* Zero is no document. A document is the lines of one file, which follow each other in ascending order. */
struct answer {
    struct answer_line *lines;
    size_t count;
    size_t capacity;
};

/* A word of the query and a place where an index says it is. */
struct hit {
    size_t file;   /* its place in the text's files */
    size_t offset; /* in the file */
    size_t word;   /* its place in the query */
};

/* Adds the documents that hold all words, from all places of each of them, which it sorts. The same place several times
 * counts once. False: out of memory. */
bool answer_from_hits(struct answer *answer, const struct query *query, const struct text *text, struct hit *hits,
                      size_t count);

/* Adds the documents that hold all words by reading the whole text line by line. False: out of memory. */
bool answer_from_text(struct answer *answer, const struct query *query, const struct text *text);

/* Whether both are the same lines in the same order. */
bool answer_same(const struct answer *left, const struct answer *right);

/* By path. */
void answer_sort(struct answer *answer);

size_t answer_documents(const struct answer *answer);

void answer_free(struct answer *answer);

#endif
