/* A query is a few words: they are looked through one after the other. */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

size_t query_find(const struct query *query, const char *bytes, uint32_t size, uint32_t hash)
{
    size_t i = 0;
    for (; i < query->count; i++) {
        const struct query_word *word = &query->words[i];
        if (word->hash == hash && word->size == size && memcmp(word->bytes, bytes, size) == 0) break;
    }
    return i;
}

bool query_read(struct query *query, const char *text)
{
    const size_t size = strlen(text);
    *query = (struct query){
        .text = text,
        .words = malloc((size / 2 + 1) * sizeof *query->words), /* they are a byte and a separator apart */
        .folded = malloc(size + TRUCE_KEY_SIZE_MAX),
    };
    if (query->words == NULL || query->folded == NULL) {
        query_free(query);
        return false;
    }
    struct query_word word = {.bytes = query->folded};
    char *folded = query->folded;
    for (const char *at = text; words_next(&at, text + size, folded, &word.size, &word.hash) != NULL;) {
        if (query_find(query, folded, word.size, word.hash) < query->count) continue;
        word.bytes = folded;
        query->words[query->count++] = word;
        folded += word.size;
    }
    return true;
}

void query_free(struct query *query)
{
    free(query->words);
    free(query->folded);
}
