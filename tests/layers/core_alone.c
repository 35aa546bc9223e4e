/* Linked with the transaction core only: a transaction without any collection begins, commits, and runs its actions. */
#include <stdio.h>

#include <truce/tx.h>

static void count_call(void *context)
{
    ++*(int *)context;
}

static truce_status body(truce_tx *tx, void *arg)
{
    return truce_on_commit(tx, count_call, arg);
}

int main(void)
{
    truce_tx *tx;
    int calls = 0;
    truce_status begun = truce_begin(NULL, &tx);
    truce_status committed = truce_commit(tx);
    truce_end(tx);
    truce_status ran = truce_run(NULL, body, &calls);
    if (begun == TRUCE_OK && committed == TRUCE_OK && ran == TRUCE_OK && calls == 1) return 0;
    fprintf(stderr, "begin %d, commit %d, run %d, actions called %d\n", begun, committed, ran, calls);
    return 1;
}
