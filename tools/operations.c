/* truce-operations: writes the conflict tables, which come from the operation table, into headers and docs.
 *
 *     truce-operations check FILE...     exits with 1 if a file's tables are not those of the operation table
 *     truce-operations update FILE...    writes them
 *
 * A table stands between a line that contains "[conflicts: COLLECTION]" and one that contains "[conflicts end]"; what
 * precedes the mark in its line precedes every line of the table.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collections/operations.h"

struct text {
    char *bytes;
    size_t size, capacity;
};

static void append(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->capacity) {
        text->capacity = (text->size + size + 1) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL) {
            fputs("truce-operations: out of memory\n", stderr);
            exit(1);
        }
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

static void append_text(struct text *text, const char *string)
{
    append(text, string, strlen(string));
}

/* The operations of a collection that observe in one way, as "get, copy". */
static struct text operations_that(const char *collection, int observes)
{
    struct text text = {NULL, 0, 0};
    size_t count;
    const struct truce_operation_ *operations = truce_operations_(&count);
    for (size_t i = 0; i < count; i++) {
        if (operations[i].observes != observes || strcmp(operations[i].collection, collection) != 0) continue;
        if (text.size > 0) append_text(&text, ", ");
        append_text(&text, operations[i].name);
    }
    return text;
}

static void add_row(struct text *out, const char *prefix, const char *observed,
                    const char *const words[TRUCE_HAPPENINGS_], const char *by)
{
    char cell[128];
    snprintf(cell, sizeof cell, "%s| %-26s", prefix, observed);
    append_text(out, cell);
    for (int i = 0; i < TRUCE_HAPPENINGS_ && words[i] != NULL; i++) {
        snprintf(cell, sizeof cell, " | %-22s", words[i]);
        append_text(out, cell);
    }
    append_text(out, " | ");
    append_text(out, by);
    append_text(out, " |\n");
}

static void add_table(struct text *out, const char *prefix, const char *collection)
{
    const struct truce_vocabulary_ *vocabulary = truce_vocabulary_of_(collection);
    if (vocabulary == NULL) {
        fprintf(stderr, "truce-operations: there is no collection named %s\n", collection);
        exit(1);
    }
    const char *lines[TRUCE_HAPPENINGS_] = {NULL};
    for (int i = 0; i < TRUCE_HAPPENINGS_ && vocabulary->happenings[i] != NULL; i++) lines[i] = "---";
    add_row(out, prefix, "observed", vocabulary->happenings, "by");
    add_row(out, prefix, "---", lines, "---");
    for (int observes = 1; observes <= TRUCE_OBSERVES_KINDS_; observes++) {
        const int kind = observes % TRUCE_OBSERVES_KINDS_; /* nothing comes last */
        struct text by = operations_that(collection, kind);
        if (by.size > 0) add_row(out, prefix, vocabulary->observed[kind], vocabulary->words[kind], by.bytes);
        free(by.bytes);
    }
}

static struct text read_file(const char *path)
{
    struct text text = {NULL, 0, 0};
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    char buffer[4096];
    size_t got;
    append_text(&text, "");
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) append(&text, buffer, got);
    fclose(file);
    return text;
}

/* The file's text with every table made anew. */
static struct text with_tables(const struct text *in)
{
    static const char start[] = "[conflicts: ", end[] = "[conflicts end]";
    struct text out = {NULL, 0, 0};
    bool skipping = false;
    append_text(&out, "");
    for (const char *line = in->bytes; *line != '\0';) {
        const char *newline = strchr(line, '\n');
        const size_t size = newline != NULL ? (size_t)(newline - line) + 1 : strlen(line);
        const char *mark = strstr(line, start);
        const char *mark_end = strstr(line, end);
        if (mark_end != NULL && mark_end < line + size) skipping = false;
        if (!skipping) append(&out, line, size);
        if (mark != NULL && mark < line + size) {
            char prefix[32] = "", collection[32] = "";
            snprintf(prefix, sizeof prefix, "%.*s", (int)(mark - line), line);
            sscanf(mark + sizeof start - 1, "%31[^]]", collection);
            if (strchr(prefix, '<') != NULL) prefix[0] = '\0'; /* in Markdown the marks are comments */
            add_table(&out, prefix, collection);
            skipping = true;
        }
        line += size;
    }
    return out;
}

static bool treat(const char *path, bool update)
{
    struct text old = read_file(path);
    struct text now = with_tables(&old);
    const bool same = strcmp(old.bytes, now.bytes) == 0;
    if (!same && update) {
        FILE *file = fopen(path, "w");
        if (file == NULL || fwrite(now.bytes, 1, now.size, file) != now.size || fclose(file) != 0) {
            perror(path);
            exit(1);
        }
    }
    if (!same) printf("%s: %s\n", path, update ? "updated" : "its conflict table is not that of the operation table");
    free(old.bytes);
    free(now.bytes);
    return same;
}

int main(int count, char **arguments)
{
    const bool update = count > 1 && strcmp(arguments[1], "update") == 0;
    if (count < 3 || (!update && strcmp(arguments[1], "check") != 0)) {
        fputs("usage: truce-operations check|update FILE...\n", stderr);
        return 2;
    }
    bool same = true;
    for (int i = 2; i < count; i++) same &= treat(arguments[i], update);
    return same || update ? 0 : 1;
}
