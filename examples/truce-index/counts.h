/* How often each word is in an index, and a number that stands for where: what one way of indexing came to, taken out
 * of its container and sorted. */
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
    uint64_t places; /* the sum of counts_place over all places where it stands */
};

/* Zero is none. */
struct counts {
    struct count *list;
    size_t size;
    size_t capacity;
};

/* The number of one place: the file's number and the offset in it, mixed such that sums of different places differ, but
 * for one in 2^64. */
static inline uint64_t counts_place(uint64_t file, uint64_t offset)
{
    uint64_t mixed = (file + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ offset;
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93);
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return mixed ^ mixed >> 32;
}

/* Adds a word, which is copied. False: out of memory. */
bool counts_add(struct counts *counts, const char *word, size_t size_bytes, uint64_t times, uint64_t places);

/* Forgets all words. */
void counts_clear(struct counts *counts);

/* By the bytes of the words; or the most frequent first, then by bytes. */
void counts_sort_by_word(struct counts *counts);
void counts_sort_by_times(struct counts *counts);

/* The sum of all. */
uint64_t counts_total(const struct counts *counts);

/* The first word that is not equally often in both, or in other places; times 0 where it is missing. */
struct difference {
    const char *word; /* belongs to one of the two */
    size_t size_bytes;
    uint64_t left_times;
    uint64_t right_times;
};

/* How many words are not equally often and in the same places in both; the first of them is in *first. Requires: both
 * sorted by word. */
size_t counts_compare(const struct counts *left, const struct counts *right, struct difference *first);

void counts_free(struct counts *counts);

#ifdef __cplusplus
}
#endif

#endif
