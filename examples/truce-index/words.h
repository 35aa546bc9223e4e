/* The words of one chunk of text, folded to lower case, each once with how often it is there.
 *
 * They are counted here before they are added anywhere: in ordinary text more than two words of three in a chunk are
 * repetitions, and a table that stays in the cache takes them off every way of counting alike.
 *
 * A word is a run of ASCII letters, digits and bytes above 127, cut after TRUCE_KEY_SIZE_MAX bytes. A chunk never
 * splits one. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdint.h>

#include <truce/dict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A chunk is that many bytes, and then the rest of the word that is cut there. */
#define CHUNK_SIZE ((size_t)16384)

/* Words are at least a byte and a separator apart. */
#define CHUNK_WORDS_MAX (CHUNK_SIZE / 2 + 1)

/* Of the table by which repetitions are found: at most half full, but for one word. */
#define CHUNK_SLOTS CHUNK_SIZE

struct word {
    const char *bytes; /* in `folded` */
    uint32_t size;
    uint32_t times;
    uint32_t hash;
};

/* Invariant: the folded bytes are at most the chunk's first CHUNK_SIZE and one word that began there. */
struct words {
    size_t count;
    uint16_t slots[CHUNK_SLOTS]; /* 1 + the word's place in the list; 0: empty */
    struct word list[CHUNK_WORDS_MAX];
    char folded[CHUNK_SIZE + TRUCE_KEY_SIZE_MAX];
};

/* The size of the chunk that `bytes` begin with. */
size_t words_chunk_size(const char *bytes, size_t size);

/* Finds the words of one chunk. Requires: `size` is from words_chunk_size. */
void words_find(struct words *words, const char *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
