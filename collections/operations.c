#include "operations.h"

#include <string.h>

static const struct truce_operation_ operations[] = {
#define TRUCE_OPERATION(collection, name, observes, effect)                                                            \
    {#collection, #name, TRUCE_OBSERVES_##observes##_, TRUCE_CHANGES_##effect##_},
#include "operations.def"
#undef TRUCE_OPERATION
};

const struct truce_operation_ *truce_operations_(size_t *count)
{
    *count = sizeof operations / sizeof *operations;
    return operations;
}

const char *truce_operation_name_(unsigned operation)
{
    return operations[operation].name;
}

static const char never[] = "never";

static const struct truce_vocabulary_ vocabularies[] = {
    {
        .collection = "dict",
        .happenings = {"a value changes", "a key appears", "a key disappears"},
        .observed =
            {
                [TRUCE_OBSERVES_NOTHING_] = "nothing",
                [TRUCE_OBSERVES_VALUE_] = "a value",
                [TRUCE_OBSERVES_PRESENCE_] = "a presence",
                [TRUCE_OBSERVES_MATCH_] = "a match",
                [TRUCE_OBSERVES_COUNT_] = "the count",
                [TRUCE_OBSERVES_PREDICATE_] = "a question about the count",
                [TRUCE_OBSERVES_KEY_SET_] = "the key set",
                [TRUCE_OBSERVES_CONTENT_] = "the content",
            },
        .words =
            {
                [TRUCE_OBSERVES_NOTHING_] = {never, never, never},
                [TRUCE_OBSERVES_VALUE_] = {"same key", "same key", "same key"},
                [TRUCE_OBSERVES_PRESENCE_] = {never, "same key", "same key"},
                [TRUCE_OBSERVES_MATCH_] = {"same key, answer flips", "same key, answer flips",
                                           "same key, answer flips"},
                [TRUCE_OBSERVES_COUNT_] = {never, "count differs", "count differs"},
                [TRUCE_OBSERVES_PREDICATE_] = {never, "answer flips", "answer flips"},
                [TRUCE_OBSERVES_KEY_SET_] = {never, "any key", "any key"},
                [TRUCE_OBSERVES_CONTENT_] = {"any key", "any key", "any key"},
            },
        .causes =
            {
                [TRUCE_CHANGES_SETS_] = {true, true, false},
                [TRUCE_CHANGES_REMOVES_] = {false, false, true},
                [TRUCE_CHANGES_CLEARS_] = {false, false, true},
            },
    },
    {
        .collection = "list",
        .happenings = {"a value is overwritten", "values are added", "values are taken away"},
        .observed =
            {
                [TRUCE_OBSERVES_NOTHING_] = "nothing",
                [TRUCE_OBSERVES_VALUE_] = "the value at an index",
                [TRUCE_OBSERVES_PRESENCE_] = "whether it is in range",
                [TRUCE_OBSERVES_COUNT_] = "the length",
                [TRUCE_OBSERVES_PREDICATE_] = "a question about it",
                [TRUCE_OBSERVES_END_] = "the last value",
            },
        .words =
            {
                [TRUCE_OBSERVES_NOTHING_] = {never, never, never},
                [TRUCE_OBSERVES_VALUE_] = {"same index", "another is there", "another is there"},
                [TRUCE_OBSERVES_PRESENCE_] = {never, "answer flips", "answer flips"},
                [TRUCE_OBSERVES_COUNT_] = {never, "length differs", "length differs"},
                [TRUCE_OBSERVES_PREDICATE_] = {never, "answer flips", "answer flips"},
                [TRUCE_OBSERVES_END_] = {"it is the last", "another is the last", "another is the last"},
            },
        .causes =
            {
                [TRUCE_CHANGES_SETS_] = {true, false, false},
                [TRUCE_CHANGES_REMOVES_] = {false, false, true},
                [TRUCE_CHANGES_CLEARS_] = {false, false, true},
                [TRUCE_CHANGES_APPENDS_] = {false, true, false},
                [TRUCE_CHANGES_INSERTS_] = {false, true, false},
            },
    },
    {
        .collection = "queue",
        .happenings = {"items are pushed", "items are popped"},
        .observed =
            {
                [TRUCE_OBSERVES_NOTHING_] = "nothing",
                [TRUCE_OBSERVES_VALUE_] = "the first items",
                [TRUCE_OBSERVES_PRESENCE_] = "any one item",
                [TRUCE_OBSERVES_COUNT_] = "the length",
                [TRUCE_OBSERVES_PREDICATE_] = "a question about it",
                [TRUCE_OBSERVES_CONTENT_] = "the content",
            },
        .words =
            {
                [TRUCE_OBSERVES_NOTHING_] = {never, never},
                [TRUCE_OBSERVES_VALUE_] = {"it ran out of items", "others are first"},
                [TRUCE_OBSERVES_PRESENCE_] = {"there was none", "that one is popped"},
                [TRUCE_OBSERVES_COUNT_] = {"length differs", "length differs"},
                [TRUCE_OBSERVES_PREDICATE_] = {"answer flips", "answer flips"},
                [TRUCE_OBSERVES_CONTENT_] = {"it came to the end", "other items there"},
            },
        .causes =
            {
                [TRUCE_CHANGES_APPENDS_] = {true, false},
                [TRUCE_CHANGES_REMOVES_] = {false, true},
            },
    },
    {
        .collection = "counter",
        .happenings = {"somebody adds"},
        .observed =
            {
                [TRUCE_OBSERVES_NOTHING_] = "nothing",
                [TRUCE_OBSERVES_VALUE_] = "the sum",
                [TRUCE_OBSERVES_PREDICATE_] = "a question about the sum",
            },
        .words =
            {
                [TRUCE_OBSERVES_NOTHING_] = {never},
                [TRUCE_OBSERVES_VALUE_] = {"sum differs"},
                [TRUCE_OBSERVES_PREDICATE_] = {"answer flips"},
            },
        .causes = {[TRUCE_CHANGES_SETS_] = {true}},
    },
    {
        .collection = "var",
        .happenings = {"the value changes"},
        .observed = {[TRUCE_OBSERVES_NOTHING_] = "nothing", [TRUCE_OBSERVES_VALUE_] = "the value"},
        .words = {[TRUCE_OBSERVES_NOTHING_] = {never}, [TRUCE_OBSERVES_VALUE_] = {"always"}},
        .causes = {[TRUCE_CHANGES_SETS_] = {true}},
    },
};

const struct truce_vocabulary_ *truce_vocabulary_of_(const char *collection)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++) {
        if (strcmp(vocabularies[i].collection, collection) == 0) return &vocabularies[i];
    }
    return NULL;
}

bool truce_kinds_conflict_(const char *collection, int observes, int effect)
{
    const struct truce_vocabulary_ *vocabulary = truce_vocabulary_of_(collection);
    if (vocabulary->observed[observes] == NULL) return false;
    for (int happening = 0; happening < TRUCE_HAPPENINGS_; happening++) {
        if (vocabulary->causes[effect][happening] && vocabulary->words[observes][happening] != never) return true;
    }
    return false;
}
