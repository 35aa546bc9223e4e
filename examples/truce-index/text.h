/* All the text of some files, in memory, cut into chunks. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files.h"

struct chunk {
    const char *bytes;
    size_t size;
};

/* Zero is no text. */
struct text {
    char **files; /* the bytes of each that was read */
    size_t file_count;
    struct chunk *chunks; /* no word is in two of them */
    size_t chunk_count;
    size_t chunk_capacity;
    uint64_t bytes;
    uint64_t skipped;    /* files that are not text */
    uint64_t unreadable; /* files that could not be read; reported */
    uint64_t left_out;   /* files that would have made it too much */
};

/* Reads the files in their order, all that fit into `at_most_bytes` together. False: out of memory. */
bool text_read(struct text *text, const struct files *files, uint64_t at_most_bytes);

void text_free(struct text *text);

#endif
