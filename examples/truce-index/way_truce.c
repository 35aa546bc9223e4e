/* Counting in a dict of Truce: one transaction a chunk. Adding observes nothing, so no two chunks conflict, whatever
 * words they share. */
#include <truce/truce.h>

#include "way.h"

static failure failure_of(truce_status status)
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

static failure make(void **container)
{
    truce_dict_options options = TRUCE_DICT_OPTIONS_INIT;
    options.name = "words";
    options.keys = TRUCE_BYTES;
    truce_dict *dict;
    const truce_status status = truce_dict_new(&options, &dict);
    *container = dict;
    return failure_of(status);
}

struct addition {
    truce_dict *dict;
    const struct words *words;
};

static truce_status add_words(truce_tx *tx, void *arg)
{
    const struct addition *addition = arg;
    for (size_t i = 0; i < addition->words->count; i++) {
        const struct word *word = &addition->words->list[i];
        TRUCE_NEED(truce_dict_add(tx, addition->dict, truce_bytes(word->bytes, word->size), word->times));
    }
    return TRUCE_OK;
}

static failure add(void *container, const struct words *words)
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.site = "count a chunk";
    struct addition addition = {container, words};
    return failure_of(truce_run(&options, add_words, &addition));
}

static truce_status take_word(void *context, truce_item key, truce_item value)
{
    return counts_add(context, truce_as_bytes(key), key.size, value.word) ? TRUCE_OK : TRUCE_NO_MEMORY;
}

struct listing {
    truce_dict *dict;
    struct counts *counts;
};

static truce_status list_words(truce_tx *tx, void *arg)
{
    const struct listing *listing = arg;
    counts_clear(listing->counts);
    return truce_dict_each(tx, listing->dict, take_word, listing->counts);
}

static failure list(void *container, struct counts *counts)
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.site = "list the words";
    options.read_only = true;
    struct listing listing = {container, counts};
    return failure_of(truce_run(&options, list_words, &listing));
}

static void drop(void *container)
{
    truce_dict_free(container);
}

const struct way *way_truce(void)
{
    static const struct way truce = {"truce", true, make, add, list, drop};
    return &truce;
}
