/* What the program prints in the end, as tables on standard output. */
#ifndef REPORT_H
#define REPORT_H

#include "answer.h"
#include "contest.h"
#include "files.h"
#include "options.h"
#include "text.h"

/* Totals, and the counts of going over the text once. */
void report_text(const struct options *options, const struct files *files, const struct contest *contest);

/* The `top` most frequent words, with the counts of going over the text once. Sorts the contest's counts anew. */
void report_words(struct contest *contest, size_t top);

/* How long each run took, its speed, commits and aborts, and why the first one's transactions were run again. */
void report_runs(const struct options *options, const struct contest *contest);

/* The answer to a query, sorted by path: each document with its lines, at most `line_count` of them. */
void report_answer(const struct query *query, const struct answer *answer, size_t line_count);

#endif
