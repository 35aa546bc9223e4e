/* The inverted index in collections of Truce, and what makes it. All of them are changed together, by one transaction a
 * chunk; see filing.c. */
#ifndef INDEX_H
#define INDEX_H

#include <truce/truce.h>

#include "counts.h"
#include "reading.h"
#include "way.h"

struct index {
    const struct reading *reading;

    truce_queue *chunks;       /* the numbers of chunks to be taken */
    truce_dict *words;         /* a word's bytes to its postings, a truce_list of two elements a posting: the number of
                                  the document, and the offset of the word in it */
    truce_list *documents;     /* a document's number to that of the file it is */
    truce_dict *numbers;       /* a file's number to that of its document; those that are more than one chunk */
    truce_counter *left;       /* chunks that are not filed yet */
    truce_counter *word_count; /* of all words filed, as often as they are there */
};

/* Makes an empty one. `reading` must stay as long as the index. On a failure *index is NULL. */
failure index_make(const struct reading *reading, struct index **index);

/* Puts the first chunk of a file into the queue. */
failure index_feed(struct index *index, uint64_t chunk);

/* Adds every word with its number of postings and their places. Checks that they are as many as were counted. Requires:
 * nobody files. */
failure index_list(struct index *index, struct counts *counts);

void index_free(struct index *index);

/* What a status of Truce is as a failure; NULL for TRUCE_OK. */
failure index_failure(truce_status status);

#endif
