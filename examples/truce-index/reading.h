/* A text that is gone over several times. Each time its chunks and files are others: their numbers go on, so that the
 * index of all of it has every document as often as it was read. */
#ifndef READING_H
#define READING_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct reading {
    const struct text *text;
    uint64_t passes;
};

static inline uint64_t reading_chunks(const struct reading *reading)
{
    return reading->passes * reading->text->chunk_count;
}

static inline const struct chunk *reading_chunk(const struct reading *reading, uint64_t chunk)
{
    return &reading->text->chunks[chunk % reading->text->chunk_count];
}

/* The number of the file that the chunk belongs to. */
static inline uint64_t reading_file_of(const struct reading *reading, uint64_t chunk)
{
    const uint64_t pass = chunk / reading->text->chunk_count;
    return pass * reading->text->file_count + reading_chunk(reading, chunk)->file;
}

static inline const struct text_file *reading_file(const struct reading *reading, uint64_t file)
{
    return &reading->text->files[file % reading->text->file_count];
}

/* Whether a file's first chunk is this one; the others are the `chunk_count - 1` that follow it. */
static inline bool reading_begins_file(const struct reading *reading, uint64_t chunk)
{
    return reading_chunk(reading, chunk)->offset == 0;
}

static inline const char *reading_bytes(const struct reading *reading, const struct chunk *chunk)
{
    return reading->text->files[chunk->file].bytes + chunk->offset;
}

#endif
