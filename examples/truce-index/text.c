/* Reading a file answers one of five outcomes; only the first leaves anything in memory. */
#define _POSIX_C_SOURCE 200809L

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal.h"
#include "words.h"

/* A file with a NUL in its first so many bytes is not text. */
#define HEAD_SIZE ((size_t)8192)

typedef enum outcome { READ, NOT_TEXT, UNREADABLE, TOO_MUCH, NO_MEMORY } outcome;

/* Reads until `size` bytes are there or the file ends. False: errno says why. */
static bool read_up_to(int file, char *bytes, size_t size, size_t *read_bytes)
{
    *read_bytes = 0;
    while (*read_bytes < size) {
        const ssize_t got = read(file, bytes + *read_bytes, size - *read_bytes);
        if (got < 0) return false;
        if (got == 0) break;
        *read_bytes += (size_t)got;
    }
    return true;
}

/* Reads what comes after the head. The size a directory tells may be wrong: the file is read to its end. */
static outcome read_rest(int file, const char *head, size_t head_size, uint64_t told_size, uint64_t room, char **bytes,
                         size_t *size)
{
    if (told_size > room || head_size > room) return TOO_MUCH;
    size_t capacity = (told_size > HEAD_SIZE ? (size_t)told_size : HEAD_SIZE) + 1;
    char *all = malloc(capacity);
    if (all == NULL) return NO_MEMORY;
    memcpy(all, head, head_size);

    for (size_t used = head_size;;) {
        size_t got;
        if (!read_up_to(file, all + used, capacity - used, &got)) {
            free(all);
            return UNREADABLE;
        }
        used += got;
        if (used > room) {
            free(all);
            return TOO_MUCH;
        }
        if (used < capacity) {
            *bytes = all;
            *size = used;
            return READ;
        }
        char *larger = realloc(all, capacity * 2);
        if (larger == NULL) {
            free(all);
            return NO_MEMORY;
        }
        all = larger;
        capacity *= 2;
    }
}

static outcome read_open_file(int file, uint64_t room, char **bytes, size_t *size)
{
    struct stat about;
    if (fstat(file, &about) != 0) return UNREADABLE;
    if (!S_ISREG(about.st_mode)) {
        errno = EINVAL;
        return UNREADABLE;
    }
    char head[HEAD_SIZE];
    size_t head_size;
    if (!read_up_to(file, head, sizeof head, &head_size)) return UNREADABLE;
    if (memchr(head, '\0', head_size) != NULL) return NOT_TEXT;
    return read_rest(file, head, head_size, (uint64_t)about.st_size, room, bytes, size);
}

/* UNREADABLE has been reported. */
static outcome read_file(const char *path, uint64_t room, char **bytes, size_t *size)
{
    /* Something else may have taken the file's place since the walk: neither follow it nor wait for it. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        terminal_path_error(path, errno);
        return UNREADABLE;
    }
    const outcome read = read_open_file(file, room, bytes, size);
    if (read == UNREADABLE) terminal_path_error(path, errno);
    close(file);
    return read;
}

static bool add_chunk(struct text *text, size_t offset, size_t size)
{
    if (text->chunk_count == text->chunk_capacity) {
        const size_t capacity = text->chunk_capacity == 0 ? 1024 : text->chunk_capacity * 2;
        struct chunk *chunks = realloc(text->chunks, capacity * sizeof *chunks);
        if (chunks == NULL) return false;
        text->chunks = chunks;
        text->chunk_capacity = capacity;
    }
    text->chunks[text->chunk_count++] = (struct chunk){text->file_count - 1, offset, size};
    return true;
}

/* Cuts the last file into chunks. */
static bool add_chunks(struct text *text)
{
    struct text_file *file = &text->files[text->file_count - 1];
    for (size_t offset = 0; offset < file->size;) {
        const size_t size = words_chunk_size(file->bytes + offset, file->size - offset);
        if (!add_chunk(text, offset, size)) return false;
        file->chunk_count++;
        offset += size;
    }
    return true;
}

/* False: out of memory. */
static bool add_file(struct text *text, const char *path, uint64_t at_most_bytes)
{
    char *bytes;
    size_t size;
    switch (read_file(path, at_most_bytes - text->bytes, &bytes, &size)) {
    case READ:
        text->files[text->file_count++] = (struct text_file){path, bytes, size, text->chunk_count, 0};
        text->bytes += size;
        return add_chunks(text);
    case NOT_TEXT:
        text->skipped++;
        return true;
    case UNREADABLE:
        text->unreadable++;
        return true;
    case TOO_MUCH:
        text->left_out++;
        return true;
    case NO_MEMORY:
        break;
    }
    return false;
}

bool text_read(struct text *text, const struct files *files, uint64_t at_most_bytes)
{
    if (files->count == 0) return true;
    text->files = malloc(files->count * sizeof *text->files);
    bool ok = text->files != NULL;
    for (size_t i = 0; ok && i < files->count; i++) {
        ok = add_file(text, files->paths[i], at_most_bytes);
        terminal_progress("reading", i + 1, files->count);
    }
    terminal_clear();
    return ok;
}

void text_free(struct text *text)
{
    for (size_t i = 0; i < text->file_count; i++) free(text->files[i].bytes);
    free(text->files);
    free(text->chunks);
}
