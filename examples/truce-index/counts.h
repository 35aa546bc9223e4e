/* How often each word was counted: the result of one way of counting, taken out of its container and sorted. */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct count {
    char *word; /* owned */
    size_t size_bytes;
    uint64_t times;
};

/* Zero is none. */
struct counts {
    struct count *list;
    size_t size;
    size_t capacity;
};

/* Adds a word, which is copied. False: out of memory. */
bool counts_add(struct counts *counts, const char *word, size_t size_bytes, uint64_t times);

/* Forgets all words. */
void counts_clear(struct counts *counts);

/* By the bytes of the words; or the most frequent first, then by bytes. */
void counts_sort_by_word(struct counts *counts);
void counts_sort_by_times(struct counts *counts);

/* The sum of all. */
uint64_t counts_total(const struct counts *counts);

/* The first word that was not counted equally often; times 0 where it is missing. */
struct difference {
    const char *word; /* belongs to one of the two */
    size_t size_bytes;
    uint64_t left_times;
    uint64_t right_times;
};

/* How many words are not counted equally often in both; the first of them is in *first. Requires: both sorted by
 * word. */
size_t counts_compare(const struct counts *left, const struct counts *right, struct difference *first);

void counts_free(struct counts *counts);

#ifdef __cplusplus
}
#endif

#endif
