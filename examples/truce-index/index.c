/* Making, feeding, listing and freeing. The dict owns the postings of its words: its release callback frees a list. */
#include "index.h"

#include <stdlib.h>

failure index_failure(truce_status status)
{
    switch (status) {
    case TRUCE_OK:
        return NULL;
    case TRUCE_NO_MEMORY:
        return "out of memory (TRUCE_NO_MEMORY)";
    case TRUCE_NO_RANDOM:
        return "the system gives no random bytes (TRUCE_NO_RANDOM)";
    }
    return truce_status_name(status);
}

static void free_postings(void *list, void *context)
{
    (void)context;
    truce_list_free(list);
}

static truce_status make_dicts(struct index *index)
{
    truce_dict_options words = TRUCE_DICT_OPTIONS_INIT;
    words.name = "words";
    words.keys = TRUCE_BYTES;
    words.release = free_postings;
    TRUCE_TRY(truce_dict_new(&words, &index->words));
    truce_dict_options numbers = TRUCE_DICT_OPTIONS_INIT;
    numbers.name = "numbers";
    return truce_dict_new(&numbers, &index->numbers);
}

static truce_status make_counters(struct index *index)
{
    truce_counter_options left = TRUCE_COUNTER_OPTIONS_INIT;
    left.name = "left";
    left.initial = (int64_t)reading_chunks(index->reading);
    TRUCE_TRY(truce_counter_new(&left, &index->left));
    truce_counter_options word_count = TRUCE_COUNTER_OPTIONS_INIT;
    word_count.name = "word count";
    return truce_counter_new(&word_count, &index->word_count);
}

static truce_status make_collections(struct index *index)
{
    truce_queue_options chunks = TRUCE_QUEUE_OPTIONS_INIT;
    chunks.name = "chunks";
    TRUCE_TRY(truce_queue_new(&chunks, &index->chunks));
    truce_list_options documents = TRUCE_LIST_OPTIONS_INIT;
    documents.name = "documents";
    TRUCE_TRY(truce_list_new(&documents, &index->documents));
    TRUCE_TRY(make_dicts(index));
    return make_counters(index);
}

failure index_make(const struct reading *reading, struct index **index)
{
    *index = calloc(1, sizeof **index);
    if (*index == NULL) return index_failure(TRUCE_NO_MEMORY);
    (*index)->reading = reading;
    const failure problem = index_failure(make_collections(*index));
    if (problem != NULL) {
        index_free(*index);
        *index = NULL;
    }
    return problem;
}

failure index_feed(struct index *index, uint64_t chunk)
{
    return index_failure(truce_queue_push(TRUCE_ALONE, index->chunks, truce_word(chunk)));
}

void index_free(struct index *index)
{
    truce_queue_free(index->chunks);
    truce_dict_free(index->words);
    truce_list_free(index->documents);
    truce_dict_free(index->numbers);
    truce_counter_free(index->left);
    truce_counter_free(index->word_count);
    free(index);
}

/* What listing the words fills: their lists, in the order in which the words are in `counts`. */
struct listing {
    struct index *index;
    struct counts *counts;
    truce_list **postings;
    size_t capacity;
    uint64_t *files; /* a document's number to that of its file */
    size_t documents;
};

static truce_status take_word(void *context, truce_item key, truce_item value)
{
    struct listing *listing = context;
    const size_t count = listing->counts->size;
    if (count == listing->capacity) {
        const size_t capacity = count == 0 ? 1024 : count * 2;
        truce_list **postings = realloc(listing->postings, capacity * sizeof *postings);
        if (postings == NULL) return TRUCE_NO_MEMORY;
        listing->postings = postings;
        listing->capacity = capacity;
    }
    listing->postings[count] = truce_as_ptr(value);
    return counts_add(listing->counts, truce_as_bytes(key), key.size, 0, 0) ? TRUCE_OK : TRUCE_NO_MEMORY;
}

static truce_status list_words(truce_tx *tx, void *arg)
{
    struct listing *listing = arg;
    counts_clear(listing->counts);
    return truce_dict_each(tx, listing->index->words, take_word, listing);
}

static truce_status take_document(void *context, truce_item number, truce_item file)
{
    struct listing *listing = context;
    listing->files[number.word] = file.word;
    return TRUCE_OK;
}

static truce_status list_documents(struct listing *listing)
{
    truce_list *documents = listing->index->documents;
    TRUCE_NEED(truce_list_len(TRUCE_ALONE, documents, &listing->documents));
    listing->files = malloc((listing->documents + 1) * sizeof *listing->files);
    if (listing->files == NULL) return TRUCE_NO_MEMORY;
    return truce_list_each(TRUCE_ALONE, documents, 0, listing->documents, take_document, listing);
}

/* Where a word's postings are added up. */
struct sum {
    const struct listing *listing;
    struct count *count;
    uint64_t document; /* of the posting whose offset comes next */
};

static truce_status add_element(void *context, truce_item at, truce_item element)
{
    struct sum *sum = context;
    if (at.word % 2 == 0) {
        sum->document = element.word;
        return sum->document < sum->listing->documents ? TRUCE_OK : TRUCE_UNEXPECTED;
    }
    sum->count->times++;
    sum->count->places += counts_place(sum->listing->files[sum->document], element.word);
    return TRUCE_OK;
}

/* The lists stay where they are, since nobody removes a word: each is added up by an operation of its own, which keeps
 * less in memory than one transaction that observes every posting. */
static truce_status list_postings(struct listing *listing)
{
    for (size_t i = 0; i < listing->counts->size; i++) {
        struct sum sum = {listing, &listing->counts->list[i], 0};
        TRUCE_NEED(truce_list_each(TRUCE_ALONE, listing->postings[i], 0, SIZE_MAX, add_element, &sum));
    }
    return TRUCE_OK;
}

static truce_status list_all(struct listing *listing)
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.site = "list the words";
    options.read_only = true;
    TRUCE_NEED(truce_run(&options, list_words, listing));
    TRUCE_NEED(list_documents(listing));
    return list_postings(listing);
}

failure index_list(struct index *index, struct counts *counts)
{
    struct listing listing = {.index = index, .counts = counts};
    int64_t word_count = 0;
    truce_status status = list_all(&listing);
    if (status == TRUCE_OK) status = truce_counter_get(TRUCE_ALONE, index->word_count, &word_count);
    free(listing.postings);
    free(listing.files);
    if (status == TRUCE_OK && (uint64_t)word_count != counts_total(counts)) return "postings were lost or doubled";
    return index_failure(status);
}
