/* One transaction a chunk: it takes the chunk from the queue, numbers its document, adds to the postings of each of its
 * words, and counts. What an attempt took, it gave back if it did not commit: no chunk is lost and none is filed twice,
 * however often the body runs.
 *
 * Two such transactions conflict only over a word that neither found in the dict: the second to commit saw it absent,
 * runs again, and finds the postings that the first one made. Taking a chunk doesn't conflict, since pop_any takes one
 * that nobody else has; nor does adding to the same postings, since append observes nothing, nor numbering documents,
 * since a ticket stands for a number that is settled at the commit.
 *
 * Threads: a filer belongs to one thread. New words need empty lists, made by the thread before they are in any
 * collection. A list given to the dict is the dict's once the transaction has committed, and the filer's again when the
 * attempt aborts or the word turned out to be there. */
#include "filing.h"

#include <stdlib.h>

#include "words.h"

/* The program's own statuses: the transaction found no chunk, and is rolled back. */
enum { NOTHING_NOW = TRUCE_USER_ROLL_BACK, FINISHED = TRUCE_USER_ROLL_BACK - 1 };

#define NO_CHUNK UINT64_MAX

struct filer {
    struct index *index;
    struct aborts aborts;
    uint64_t found; /* the number of the chunk that `words` are of */

    truce_list *spares[CHUNK_WORDS_MAX]; /* empty lists that belong to nobody else */
    size_t spare_count;
    size_t given; /* of the spares: those that this attempt gave to the dict */

    truce_item elements[2 * CHUNK_WORDS_MAX]; /* the postings of one word */
    struct words words;
};

/* The queue is empty, and nobody is filing: a chunk that was taken is there for all others until that is committed. So
 * either everything is filed, or there are files still to be fed. */
static truce_status nothing_there(truce_tx *tx, const struct index *index)
{
    bool some_left;
    TRUCE_NEED(truce_counter_at_least(tx, index->left, 1, &some_left));
    return some_left ? NOTHING_NOW : FINISHED;
}

/* Finds the chunk's words, unless an earlier attempt has. */
static void find_words(struct filer *filer, uint64_t chunk)
{
    if (filer->found == chunk) return;
    const struct reading *reading = filer->index->reading;
    const struct chunk *piece = reading_chunk(reading, chunk);
    words_find(&filer->words, reading_bytes(reading, piece), piece->size);
    filer->found = chunk;
}

/* The first chunk of a file begins a document. Those after it, if any, can be taken once its number is known. */
static truce_status begin_document(truce_tx *tx, const struct index *index, uint64_t chunk, truce_item *document)
{
    const uint64_t file = reading_file_of(index->reading, chunk);
    const size_t chunk_count = reading_file(index->reading, file)->chunk_count;
    TRUCE_NEED(truce_list_append_ticket(tx, index->documents, truce_word(file), document));
    if (chunk_count == 1) return TRUCE_OK;
    TRUCE_NEED(truce_dict_set(tx, index->numbers, truce_word(file), *document));
    for (size_t i = 1; i < chunk_count; i++) {
        TRUCE_NEED(truce_queue_push(tx, index->chunks, truce_word(chunk + i)));
    }
    return TRUCE_OK;
}

static truce_status document_of(truce_tx *tx, const struct index *index, uint64_t chunk, truce_item *document)
{
    if (reading_begins_file(index->reading, chunk)) return begin_document(tx, index, chunk, document);
    return truce_dict_get(tx, index->numbers, truce_word(reading_file_of(index->reading, chunk)), document);
}

/* The word's postings: those in the dict, or a spare list that is there from now on. */
static truce_status postings_of(truce_tx *tx, struct filer *filer, const struct word *word, truce_list **postings)
{
    if (filer->given == filer->spare_count) {
        TRUCE_TRY(truce_list_new(NULL, &filer->spares[filer->spare_count]));
        filer->spare_count++;
    }
    truce_item now;
    bool was_present;
    TRUCE_NEED(truce_dict_get_or_set(tx, filer->index->words, truce_bytes(word->bytes, word->size),
                                     truce_ptr(filer->spares[filer->given]), &now, &was_present));
    if (!was_present) filer->given++;
    *postings = truce_as_ptr(now);
    return TRUCE_OK;
}

static truce_status file_word(truce_tx *tx, struct filer *filer, const struct word *word, truce_item document,
                              uint64_t chunk_offset)
{
    truce_list *postings;
    TRUCE_TRY(postings_of(tx, filer, word, &postings));
    truce_item *element = filer->elements;
    for (uint32_t i = 0; i < word->times; i++) {
        *element++ = document;
        *element++ = truce_word(chunk_offset + filer->words.places[word->first + i]);
    }
    return truce_list_extend(tx, postings, filer->elements, 2 * (size_t)word->times);
}

static truce_status file_chunk(truce_tx *tx, void *arg)
{
    struct filer *filer = arg;
    const struct index *index = filer->index;
    filer->given = 0;

    truce_item taken;
    const truce_status status = truce_queue_pop_any(tx, index->chunks, &taken);
    if (status == TRUCE_EMPTY) return nothing_there(tx, index);
    if (status == TRUCE_CLAIMED) return NOTHING_NOW;
    TRUCE_NEED(status);

    const uint64_t chunk = taken.word;
    truce_item document;
    find_words(filer, chunk);
    TRUCE_NEED(document_of(tx, index, chunk, &document));
    for (size_t i = 0; i < filer->words.count; i++) {
        TRUCE_NEED(file_word(tx, filer, &filer->words.list[i], document, reading_chunk(index->reading, chunk)->offset));
    }
    TRUCE_NEED(truce_counter_add(tx, index->word_count, (int64_t)filer->words.total));
    return truce_counter_add(tx, index->left, -1);
}

/* The spares that were given belong to the dict; the last ones take their places. */
static void forget_given(struct filer *filer)
{
    while (filer->given > 0) filer->spares[--filer->given] = filer->spares[--filer->spare_count];
}

failure filer_step(struct filer *filer, enum step *step)
{
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.site = "file a chunk";
    options.report = &report;
    const truce_status status = truce_run(&options, file_chunk, filer);
    aborts_note(&filer->aborts, &report);
    switch (status) {
    case TRUCE_OK:
        forget_given(filer);
        *step = STEP_FILED;
        return NULL;
    case NOTHING_NOW:
        *step = STEP_NOTHING_NOW;
        return NULL;
    case FINISHED:
        *step = STEP_FINISHED;
        return NULL;
    }
    return index_failure(status);
}

failure filer_make(struct index *index, struct filer **filer)
{
    *filer = malloc(sizeof **filer);
    if (*filer == NULL) return index_failure(TRUCE_NO_MEMORY);
    (*filer)->index = index;
    (*filer)->aborts = (struct aborts){.kind_count = 0};
    (*filer)->found = NO_CHUNK;
    (*filer)->spare_count = 0;
    (*filer)->given = 0;
    return NULL;
}

void filer_aborts(const struct filer *filer, struct aborts *aborts)
{
    aborts_add(aborts, &filer->aborts);
}

void filer_free(struct filer *filer)
{
    for (size_t i = 0; i < filer->spare_count; i++) truce_list_free(filer->spares[i]);
    free(filer);
}
