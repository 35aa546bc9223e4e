/* Growing a list: making segments of lines. Nobody waits for it, and no transaction notices it; see list_table.h. */
#include "list_table.h"

#include <string.h>

/* The directory a list's segments stand in, if it was allocated. */
static struct truce_list_directory_ *directory_of(const truce_list *list, const truce_atomic_ptr_ *segments)
{
    if (segments == list->first_segments) return NULL;
    return (struct truce_list_directory_ *)((uintptr_t)segments - offsetof(struct truce_list_directory_, segments));
}

/* Replaces a full directory by a larger one, unless somebody did. */
static bool grow_directory(truce_list *list, truce_atomic_ptr_ *segments, size_t capacity)
{
    struct truce_list_directory_ *larger = truce_alloc_(sizeof *larger + 2 * capacity * sizeof *segments);
    if (larger == NULL) return false;
    memset(larger, 0, sizeof *larger + 2 * capacity * sizeof *segments);
    larger->older = directory_of(list, segments);
    larger->capacity = 2 * capacity;
    for (size_t i = 0; i < capacity; i++) {
        truce_store_ptr_release_(&larger->segments[i], truce_load_ptr_acquire_(&segments[i])); /* final */
    }
    if (!truce_cas_ptr_seq_cst_(&list->segments, segments, larger->segments)) truce_free_(larger); /* [publish] */
    return true;
}

/* Makes the segment that begins with this line, unless somebody did. */
static bool make_segment(truce_list *list, uint64_t line)
{
    const struct truce_list_place_ place = truce_list_place_(line);
    truce_atomic_ptr_ *segments;
    for (;;) {
        segments = truce_load_ptr_acquire_(&list->segments); /* [publish] */
        const struct truce_list_directory_ *directory = directory_of(list, segments);
        const size_t capacity = directory == NULL ? TRUCE_LIST_FIRST_SEGMENTS_ : directory->capacity;
        if (place.segment < capacity) break;
        if (!grow_directory(list, segments, capacity)) return false;
    }
    if (truce_load_ptr_acquire_(&segments[place.segment]) != NULL) return true;
    const size_t size = place.lines * sizeof(struct truce_line_);
    void *lines = truce_alloc_zeroed_(sizeof(struct truce_line_), size);
    if (lines == NULL) return false;
    if (!truce_cas_ptr_seq_cst_(&segments[place.segment], NULL, lines)) truce_free_zeroed_(lines, size); /* [publish] */
    return true;
}

bool truce_list_make_lines_(truce_list *list, uint64_t lines)
{
    uint64_t have = truce_list_lines_(list);
    while (have < lines) {
        if (!make_segment(list, have)) return false;
        const uint64_t more = have + truce_list_place_(have).lines;
        if (truce_cas_seq_cst_(&list->lines, &have, more)) have = more; /* [publish], [shape] */
    }
    return true;
}

void truce_list_free_lines_(truce_list *list)
{
    const uint64_t lines = truce_list_lines_(list);
    truce_atomic_ptr_ *segments = truce_load_ptr_acquire_(&list->segments);
    struct truce_list_directory_ *directory = directory_of(list, segments);
    const size_t capacity = directory == NULL ? TRUCE_LIST_FIRST_SEGMENTS_ : directory->capacity;
    uint64_t line = 0;
    for (size_t i = 0; i < capacity; i++) { /* one behind the last line may have been made, and not been counted */
        const struct truce_list_place_ place = truce_list_place_(line);
        truce_free_zeroed_(truce_load_ptr_acquire_(&segments[i]), place.lines * sizeof(struct truce_line_));
        line += place.lines;
        if (line > lines) break;
    }
    while (directory != NULL) {
        struct truce_list_directory_ *older = directory->older;
        truce_free_(directory);
        directory = older;
    }
}
