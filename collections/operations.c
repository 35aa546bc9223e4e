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

static const char *const words[TRUCE_OBSERVES_KINDS_][TRUCE_HAPPENINGS_] = {
    [TRUCE_OBSERVES_NOTHING_] = {never, never, never},
    [TRUCE_OBSERVES_VALUE_] = {"same key", "same key", "same key"},
    [TRUCE_OBSERVES_PRESENCE_] = {never, "same key", "same key"},
    [TRUCE_OBSERVES_MATCH_] = {"same key, answer flips", "same key, answer flips", "same key, answer flips"},
    [TRUCE_OBSERVES_COUNT_] = {never, "count differs", "count differs"},
    [TRUCE_OBSERVES_PREDICATE_] = {never, "answer flips", "answer flips"},
    [TRUCE_OBSERVES_KEY_SET_] = {never, "any key", "any key"},
    [TRUCE_OBSERVES_CONTENT_] = {"any key", "any key", "any key"},
};

static const bool causes[TRUCE_CHANGES_KINDS_][TRUCE_HAPPENINGS_] = {
    [TRUCE_CHANGES_NOTHING_] = {false, false, false},
    [TRUCE_CHANGES_SETS_] = {true, true, false},
    [TRUCE_CHANGES_REMOVES_] = {false, false, true},
    [TRUCE_CHANGES_CLEARS_] = {false, false, true},
};

const char *truce_conflict_words_(int observes, int happening)
{
    return words[observes][happening];
}

bool truce_kinds_conflict_(int observes, int effect)
{
    for (int happening = 0; happening < TRUCE_HAPPENINGS_; happening++) {
        if (causes[effect][happening] && words[observes][happening] != never) return true;
    }
    return false;
}
