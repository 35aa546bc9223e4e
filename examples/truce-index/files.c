/* The walk: each directory is read whole, sorted, and closed before what is in it is looked at. */
#define _POSIX_C_SOURCE 200809L

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "terminal.h"

static bool walk(struct files *files, const char *directory);

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_below(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static char *path_join(const char *directory, const char *name)
{
    const size_t size = strlen(directory);
    const char *separator = size > 0 && directory[size - 1] == '/' ? "" : "/";
    const size_t capacity = size + strlen(separator) + strlen(name) + 1;
    char *path = malloc(capacity);
    if (path != NULL) snprintf(path, capacity, "%s%s%s", directory, separator, name);
    return path;
}

/* Owns: the list, the path, once it answered true. */
static bool append(struct files *files, char *path, uint64_t size_bytes)
{
    if (files->count == files->capacity) {
        const size_t capacity = files->capacity == 0 ? 256 : files->capacity * 2;
        char **paths = realloc(files->paths, capacity * sizeof *paths);
        if (paths == NULL) return false;
        files->paths = paths;
        files->capacity = capacity;
    }
    files->paths[files->count++] = path;
    files->bytes += size_bytes;
    return true;
}

static bool report(struct files *files, const char *path, int error_number)
{
    if (error_number == ENOMEM) return false;
    terminal_path_error(path, error_number);
    files->unreadable++;
    return true;
}

/* Looks at one entry. *kept is set if the list took over `path`. */
static bool visit(struct files *files, char *path, int lookup_flags, bool *kept)
{
    struct stat about;
    if (fstatat(AT_FDCWD, path, &about, lookup_flags) != 0) return report(files, path, errno);
    if (!S_ISDIR(about.st_mode) && !S_ISREG(about.st_mode)) return true;

    bool is_new;
    if (!inodes_add(&files->seen, about.st_dev, about.st_ino, &is_new)) return false;
    if (!is_new) return true;
    if (S_ISDIR(about.st_mode)) return walk(files, path);
    *kept = append(files, path, (uint64_t)about.st_size);
    return *kept;
}

static bool visit_below(struct files *files, const char *directory, const char *name)
{
    char *path = path_join(directory, name);
    if (path == NULL) return false;
    bool kept = false;
    const bool ok = visit(files, path, AT_SYMLINK_NOFOLLOW, &kept);
    if (!kept) free(path);
    return ok;
}

/* As deep as a path may be long: the recursion is bounded by PATH_MAX. */
static bool walk(struct files *files, const char *directory)
{
    struct dirent **entries;
    const int count = scandir(directory, &entries, is_below, by_bytes);
    if (count < 0) return report(files, directory, errno);

    bool ok = true;
    for (int i = 0; i < count; i++) {
        ok = ok && visit_below(files, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

bool files_add(struct files *files, const char *directory)
{
    char *path = strdup(directory);
    if (path == NULL) return false;
    bool kept = false;
    const bool ok = visit(files, path, 0, &kept);
    if (!kept) free(path);
    return ok;
}

void files_free(struct files *files)
{
    for (size_t i = 0; i < files->count; i++) free(files->paths[i]);
    free(files->paths);
    inodes_free(&files->seen);
}
