/* One reading transaction gathers the postings of all words, and asks for each document what file it is. */
#include "lookup.h"

#include <stdlib.h>

struct lookup {
    struct index *index;
    const struct query *query;

    struct hit *hits;
    size_t count;
    size_t capacity;

    truce_tx *tx;
    size_t word;       /* the one whose postings are gathered */
    bool knows;        /* whether the next two are set */
    uint64_t document; /* the one that was asked for last ... */
    size_t file;       /* ... and the place of its file in the text */
};

static bool add_hit(struct lookup *lookup, size_t offset)
{
    if (lookup->count == lookup->capacity) {
        const size_t capacity = lookup->capacity == 0 ? 256 : lookup->capacity * 2;
        struct hit *hits = realloc(lookup->hits, capacity * sizeof *hits);
        if (hits == NULL) return false;
        lookup->hits = hits;
        lookup->capacity = capacity;
    }
    lookup->hits[lookup->count++] = (struct hit){lookup->file, offset, lookup->word};
    return true;
}

/* Postings of one document follow each other, as many as it has in a chunk: it is asked for once for all of them. */
static truce_status know_document(struct lookup *lookup, uint64_t document)
{
    if (lookup->knows && lookup->document == document) return TRUCE_OK;
    const struct index *index = lookup->index;
    truce_item file;
    TRUCE_NEED(truce_list_get(lookup->tx, index->documents, document, &file));
    lookup->file = (size_t)(file.word % index->reading->text->file_count);
    lookup->document = document;
    lookup->knows = true;
    return TRUCE_OK;
}

static truce_status take_element(void *context, truce_item at, truce_item element)
{
    struct lookup *lookup = context;
    if (at.word % 2 == 0) return know_document(lookup, element.word);
    if (element.word >= lookup->index->reading->text->files[lookup->file].size) return TRUCE_UNEXPECTED;
    return add_hit(lookup, (size_t)element.word) ? TRUCE_OK : TRUCE_NO_MEMORY;
}

static truce_status gather(truce_tx *tx, void *arg)
{
    struct lookup *lookup = arg;
    lookup->tx = tx;
    lookup->count = 0;
    for (lookup->word = 0; lookup->word < lookup->query->count; lookup->word++) {
        const struct query_word *word = &lookup->query->words[lookup->word];
        truce_item postings;
        const truce_status status =
            truce_dict_get(tx, lookup->index->words, truce_bytes(word->bytes, word->size), &postings);
        if (status == TRUCE_ABSENT) {
            lookup->count = 0;
            return TRUCE_OK; /* no document holds all words */
        }
        TRUCE_NEED(status);
        lookup->knows = false;
        TRUCE_NEED(truce_list_each(tx, truce_as_ptr(postings), 0, SIZE_MAX, take_element, lookup));
    }
    return TRUCE_OK;
}

failure lookup_query(struct index *index, const struct query *query, struct answer *answer)
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.site = "look a query up";
    options.read_only = true;
    struct lookup lookup = {.index = index, .query = query};
    truce_status status = truce_run(&options, gather, &lookup);
    if (status == TRUCE_OK && !answer_from_hits(answer, query, index->reading->text, lookup.hits, lookup.count)) {
        status = TRUCE_NO_MEMORY;
    }
    free(lookup.hits);
    return index_failure(status);
}
