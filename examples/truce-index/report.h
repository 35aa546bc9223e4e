/* What the program prints in the end, as tables on standard output. */
#ifndef REPORT_H
#define REPORT_H

#include "contest.h"
#include "files.h"
#include "options.h"
#include "text.h"

/* Totals, and the counts of going over the text once. */
void report_text(const struct options *options, const struct files *files, const struct text *text,
                 const struct contest *contest);

/* The `top` most frequent words, with the counts of going over the text once. Sorts the contest's counts anew. */
void report_words(struct contest *contest, size_t top);

/* How long each run took, its speed, commits and aborts. */
void report_runs(const struct options *options, const struct text *text, const struct contest *contest);

#endif
