/* The index is made by the way of Truce. Its answers are checked by a scan, which knows of words and lines but of no
 * chunk, document number or posting. */
#include "ask.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "index.h"
#include "lookup.h"
#include "report.h"
#include "run.h"
#include "terminal.h"

/* Tells where the two part. */
static void report_difference(const struct query *query, const struct answer *indexed, const struct answer *scanned)
{
    char shown[200];
    terminal_escape(shown, sizeof shown, query->text, strlen(query->text));
    terminal_error("the answer to \"%s\" is wrong: the index gives %zu lines of %zu documents, the text %zu of %zu",
                   shown, indexed->count, answer_documents(indexed), scanned->count, answer_documents(scanned));
}

static bool agrees_with_text(const struct answer *answer, const struct query *query, const struct text *text)
{
    struct answer scanned = {.lines = NULL};
    bool ok = answer_from_text(&scanned, query, text);
    if (!ok) {
        terminal_error("out of memory");
    } else if (!answer_same(answer, &scanned)) {
        report_difference(query, answer, &scanned);
        ok = false;
    }
    answer_free(&scanned);
    return ok;
}

static bool answer_query(struct index *index, const struct query *query, size_t line_count)
{
    struct answer answer = {.lines = NULL};
    const failure problem = lookup_query(index, query, &answer);
    if (problem != NULL) terminal_error("looking a query up failed: %s", problem);
    const bool ok = problem == NULL && agrees_with_text(&answer, query, index->reading->text);
    if (ok) {
        answer_sort(&answer);
        report_answer(query, &answer, line_count);
    }
    answer_free(&answer);
    return ok;
}

bool ask(const struct options *options, const struct reading *reading, const struct query *queries, size_t count)
{
    struct run run = {.way = way_truce(), .threads = options->threads};
    void *index;
    if (!run_index(&run, reading, &index)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        if (i > 0) putchar('\n');
        ok = answer_query(index, &queries[i], options->lines);
    }
    index_free(index);
    return ok;
}
