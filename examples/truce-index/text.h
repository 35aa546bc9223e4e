/* All the text of some files, in memory, cut into chunks. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "files.h"

struct text_file {
    const char *path; /* of `files` */
    char *bytes;
    size_t size;
    size_t first_chunk;
    size_t chunk_count; /* 0: the file is empty */
};

struct chunk {
    size_t file;   /* its place in the text's files */
    size_t offset; /* in the file */
    size_t size;
};

/* Zero is no text. */
struct text {
    struct text_file *files; /* those that were read */
    size_t file_count;
    struct chunk *chunks; /* no word is in two of them; those of a file follow each other */
    size_t chunk_count;
    size_t chunk_capacity;
    uint64_t bytes;
    uint64_t skipped;    /* files that are not text */
    uint64_t unreadable; /* files that could not be read; reported */
    uint64_t left_out;   /* files that would have made it too much */
};

/* Reads the files in their order, all that fit into `at_most_bytes` together. `files` must stay as long as the text.
 * False: out of memory. */
bool text_read(struct text *text, const struct files *files, uint64_t at_most_bytes);

void text_free(struct text *text);

#endif
