/* A query: the words that a document must hold. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct query_word {
    const char *bytes; /* in `folded` */
    uint32_t size;
    uint32_t hash;
};

struct query {
    const char *text;         /* as it was asked */
    struct query_word *words; /* each once */
    size_t count;
    char *folded;
};

/* Splits `text`, which must stay, into words as a file is split. They may be none. False: out of memory. */
bool query_read(struct query *query, const char *text);

/* The place of a word in the query, or `count` if it is not one of its words. */
size_t query_find(const struct query *query, const char *bytes, uint32_t size, uint32_t hash);

void query_free(struct query *query);

#endif
