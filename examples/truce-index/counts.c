/* An array of words, each in an allocation of its own. */
#include "counts.h"

#include <stdlib.h>
#include <string.h>

bool counts_add(struct counts *counts, const char *word, size_t size_bytes, uint64_t times, uint64_t places)
{
    if (counts->size == counts->capacity) {
        const size_t capacity = counts->capacity == 0 ? 1024 : counts->capacity * 2;
        struct count *list = realloc(counts->list, capacity * sizeof *list);
        if (list == NULL) return false;
        counts->list = list;
        counts->capacity = capacity;
    }
    char *copy = malloc(size_bytes + 1);
    if (copy == NULL) return false;
    memcpy(copy, word, size_bytes);
    copy[size_bytes] = '\0';
    counts->list[counts->size++] = (struct count){copy, size_bytes, times, places};
    return true;
}

void counts_clear(struct counts *counts)
{
    for (size_t i = 0; i < counts->size; i++) free(counts->list[i].word);
    counts->size = 0;
}

static int compare_words(const struct count *left, const struct count *right)
{
    const size_t shorter = left->size_bytes < right->size_bytes ? left->size_bytes : right->size_bytes;
    const int order = memcmp(left->word, right->word, shorter);
    if (order != 0) return order;
    return (left->size_bytes > right->size_bytes) - (left->size_bytes < right->size_bytes);
}

static int by_word(const void *left, const void *right)
{
    return compare_words(left, right);
}

static int by_times(const void *left, const void *right)
{
    const struct count *a = left;
    const struct count *b = right;
    if (a->times != b->times) return a->times > b->times ? -1 : 1;
    return compare_words(a, b);
}

void counts_sort_by_word(struct counts *counts)
{
    if (counts->size > 1) qsort(counts->list, counts->size, sizeof *counts->list, by_word);
}

void counts_sort_by_times(struct counts *counts)
{
    if (counts->size > 1) qsort(counts->list, counts->size, sizeof *counts->list, by_times);
}

uint64_t counts_total(const struct counts *counts)
{
    uint64_t total = 0;
    for (size_t i = 0; i < counts->size; i++) total += counts->list[i].times;
    return total;
}

/* Which of the two has the word that comes next: below 0 the left, above 0 the right, 0 both. */
static int next_word(const struct counts *left, size_t l, const struct counts *right, size_t r)
{
    if (r == right->size) return -1;
    if (l == left->size) return 1;
    return compare_words(&left->list[l], &right->list[r]);
}

size_t counts_compare(const struct counts *left, const struct counts *right, struct difference *first)
{
    static const struct count missing;
    size_t differences = 0;
    for (size_t l = 0, r = 0; l < left->size || r < right->size;) {
        const int order = next_word(left, l, right, r);
        const struct count *const a = order <= 0 ? &left->list[l++] : &missing;
        const struct count *const b = order >= 0 ? &right->list[r++] : &missing;
        if (a->times == b->times && a->places == b->places) continue;
        const struct count *const word = order <= 0 ? a : b;
        if (differences++ == 0) *first = (struct difference){word->word, word->size_bytes, a->times, b->times};
    }
    return differences;
}

void counts_free(struct counts *counts)
{
    counts_clear(counts);
    free(counts->list);
}
