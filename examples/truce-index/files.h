/* The regular files under some directories, in an order that is the same each time. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inodes.h"

/* Zero is the empty list. */
struct files {
    char **paths;
    size_t count;
    size_t capacity;
    uint64_t bytes;      /* of all of them, as their directories say */
    uint64_t unreadable; /* directories and entries that could not be looked at */
    struct inodes seen;
};

/* Adds the files under `directory` and everything below it, sorted by the bytes of their names, each file once however
 * many names it has. Symbolic links are not followed, save for `directory` itself. What can't be looked at is reported
 * and counted. False: out of memory. */
bool files_add(struct files *files, const char *directory);

void files_free(struct files *files);

#endif
