/* What a word is, and the words of one chunk of text: folded to lower case, each once with the places where it stands.
 *
 * They are gathered here before they are filed anywhere: in ordinary text more than two words of three in a chunk are
 * repetitions, and a table that stays in the cache takes them off every way of indexing alike.
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
    uint32_t hash;
    uint32_t times;
    uint32_t first; /* its places are places[first] and the `times - 1` after it, in ascending order */
};

/* Invariant: the folded bytes are at most the chunk's first CHUNK_SIZE and one word that began there. */
struct words {
    size_t count;                /* of different words */
    size_t total;                /* of all of them: the sum of their times */
    uint16_t slots[CHUNK_SLOTS]; /* 1 + the word's place in the list; 0: empty */
    struct word list[CHUNK_WORDS_MAX];
    uint16_t places[CHUNK_WORDS_MAX]; /* offsets in the chunk, of all words that begin in its first CHUNK_SIZE bytes */
    uint16_t found_word[CHUNK_WORDS_MAX]; /* these two in the order of the text: the word's place in the list, ... */
    uint16_t found_at[CHUNK_WORDS_MAX];   /* ... and its offset in the chunk */
    char folded[CHUNK_SIZE + TRUCE_KEY_SIZE_MAX];
};

/* The size of the chunk that `bytes` begin with. */
size_t words_chunk_size(const char *bytes, size_t size);

/* Finds the words of one chunk. Requires: `size` is from words_chunk_size. */
void words_find(struct words *words, const char *bytes, size_t size);

/* Finds the first word from *at on, before `end`, folds it into `folded`, which has room for TRUCE_KEY_SIZE_MAX bytes,
 * and moves *at behind it. Returns where it begins, or NULL if there is none. */
const char *words_next(const char **at, const char *end, char *folded, uint32_t *size, uint32_t *hash);

#ifdef __cplusplus
}
#endif

#endif
