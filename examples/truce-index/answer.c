/* Both ways of answering go through the files in their order. Which words a document holds is noted on the way, and its
 * lines are taken back if it doesn't hold all. */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

static bool add_line(struct answer *answer, struct answer_line line)
{
    if (answer->count == answer->capacity) {
        const size_t capacity = answer->capacity == 0 ? 64 : answer->capacity * 2;
        struct answer_line *lines = realloc(answer->lines, capacity * sizeof *lines);
        if (lines == NULL) return false;
        answer->lines = lines;
        answer->capacity = capacity;
    }
    answer->lines[answer->count++] = line;
    return true;
}

/* The words of the query that a document was seen to hold. */
struct held {
    bool *words;
    size_t count;
    size_t lines_before; /* of the answer, before this document */
};

static bool begin(struct held *held, const struct query *query)
{
    *held = (struct held){.words = calloc(query->count + 1, sizeof *held->words)};
    return held->words != NULL;
}

static void note(struct held *held, size_t word)
{
    held->count += !held->words[word];
    held->words[word] = true;
}

static void end_document(struct held *held, const struct query *query, struct answer *answer)
{
    if (held->count < query->count) answer->count = held->lines_before;
    held->lines_before = answer->count;
    held->count = 0;
    memset(held->words, 0, query->count * sizeof *held->words);
}

/* The size of the line that begins at `start`. */
static size_t line_size(const struct text_file *file, size_t start)
{
    const char *newline = memchr(file->bytes + start, '\n', file->size - start);
    return newline == NULL ? file->size - start : (size_t)(newline - (file->bytes + start));
}

static int by_place(const void *left, const void *right)
{
    const struct hit *a = left;
    const struct hit *b = right;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Moves on to the line that `offset` is in. */
static void go_to(struct answer_line *line, size_t offset)
{
    while (line->start + line->size < offset) {
        line->start += line->size + 1;
        line->size = line_size(line->file, line->start);
        line->number++;
    }
}

/* Adds the lines of the first hit's file. Returns how many hits are in it, 0 if memory ran out. */
static size_t add_document(struct answer *answer, struct held *held, const struct text *text, const struct hit *hits,
                           size_t count)
{
    const struct text_file *file = &text->files[hits[0].file];
    struct answer_line line = {.file = file, .number = 1, .size = line_size(file, 0)};
    size_t number_added = 0;
    size_t i = 0;
    for (; i < count && hits[i].file == hits[0].file; i++) {
        note(held, hits[i].word);
        go_to(&line, hits[i].offset);
        if (line.number == number_added) continue;
        line.match = hits[i].offset;
        if (!add_line(answer, line)) return 0;
        number_added = line.number;
    }
    return i;
}

bool answer_from_hits(struct answer *answer, const struct query *query, const struct text *text, struct hit *hits,
                      size_t count)
{
    struct held held;
    if (!begin(&held, query)) return false;
    held.lines_before = answer->count;
    if (count > 1) qsort(hits, count, sizeof *hits, by_place);
    bool ok = true;
    for (size_t i = 0; ok && i < count;) {
        const size_t taken = add_document(answer, &held, text, hits + i, count - i);
        end_document(&held, query, answer);
        i += taken;
        ok = taken > 0;
    }
    free(held.words);
    return ok;
}

/* Reads one line. False: out of memory. */
static bool read_line(struct answer *answer, struct held *held, const struct query *query, struct answer_line line,
                      char *folded)
{
    const char *const bytes = line.file->bytes;
    const char *at = bytes + line.start;
    const char *const end = at + line.size;
    bool added = false;
    uint32_t size;
    uint32_t hash;
    for (const char *start; (start = words_next(&at, end, folded, &size, &hash)) != NULL;) {
        const size_t word = query_find(query, folded, size, hash);
        if (word == query->count) continue;
        note(held, word);
        if (added) continue;
        line.match = (size_t)(start - bytes);
        if (!add_line(answer, line)) return false;
        added = true;
    }
    return true;
}

static bool read_file(struct answer *answer, struct held *held, const struct query *query, const struct text_file *file,
                      char *folded)
{
    struct answer_line line = {.file = file};
    while (line.start < file->size) {
        line.size = line_size(file, line.start);
        line.number++;
        if (!read_line(answer, held, query, line, folded)) return false;
        line.start += line.size + 1;
    }
    end_document(held, query, answer);
    return true;
}

bool answer_from_text(struct answer *answer, const struct query *query, const struct text *text)
{
    struct held held;
    if (!begin(&held, query)) return false;
    held.lines_before = answer->count;
    char *folded = malloc(TRUCE_KEY_SIZE_MAX);
    bool ok = folded != NULL;
    for (size_t i = 0; ok && i < text->file_count; i++) {
        ok = read_file(answer, &held, query, &text->files[i], folded);
    }
    free(folded);
    free(held.words);
    return ok;
}

bool answer_same(const struct answer *left, const struct answer *right)
{
    if (left->count != right->count) return false;
    for (size_t i = 0; i < left->count; i++) {
        const struct answer_line *a = &left->lines[i];
        const struct answer_line *b = &right->lines[i];
        if (a->file != b->file || a->number != b->number || a->start != b->start || a->size != b->size ||
            a->match != b->match) {
            return false;
        }
    }
    return true;
}

static int by_path(const void *left, const void *right)
{
    const struct answer_line *a = left;
    const struct answer_line *b = right;
    if (a->file != b->file) return strcmp(a->file->path, b->file->path);
    return (a->number > b->number) - (a->number < b->number);
}

void answer_sort(struct answer *answer)
{
    if (answer->count > 1) qsort(answer->lines, answer->count, sizeof *answer->lines, by_path);
}

size_t answer_documents(const struct answer *answer)
{
    size_t documents = 0;
    for (size_t i = 0; i < answer->count; i++) {
        documents += i == 0 || answer->lines[i].file != answer->lines[i - 1].file;
    }
    return documents;
}

void answer_free(struct answer *answer)
{
    free(answer->lines);
    *answer = (struct answer){NULL, 0, 0};
}
