/* A dict on plain containers: what every operation of dict.h must answer and what it leaves behind. */
#ifndef TRUCE_TESTS_SUPPORT_MODEL_H
#define TRUCE_TESTS_SUPPORT_MODEL_H

#include <map>
#include <optional>
#include <string>

#include <truce/item.h>
#include <truce/status.h>

#include "support/items.h"

namespace truce_test {

using State = std::map<Word, Word>;

/* each_some and each_key_some are each and each_key stopped by their visitor after `value` entries; remove_blind is
 * remove without was_present. */
enum class Verb {
    get,
    get_many,
    copy,
    contains,
    set,
    remove,
    remove_blind,
    swap,
    pop,
    get_or_set,
    replace,
    add,
    max,
    min,
    or_,
    and_,
    apply,
    len,
    len_at_least,
    is_empty,
    each,
    each_some,
    each_key,
    each_key_some,
    clear
};
constexpr Verb last_verb = Verb::clear;

/* One call. */
struct Op {
    Verb verb = Verb::get;
    Word key = 0;   /* get_many: the first of two keys */
    Word value = 0; /* the value given, the operand, the n of len_at_least, how many entries a stopped visitor takes */
    Word other = 0; /* get_many: the second key; replace: the value expected */
};

/* What a visitor that has enough answers. */
constexpr truce_status stopped = TRUCE_USER_COMMIT + 7;

/* All that a call tells its caller. */
struct Answer {
    truce_status status = TRUCE_OK;
    std::optional<Word> value;                   /* what was handed out; len: the count */
    bool flag = false;                           /* contains, remove, replace, len_at_least, is_empty; get_or_set's
                                                    was_present */
    std::map<Word, std::optional<Word>> entries; /* get_many, each; each_key has no values */

    bool operator==(const Answer &other) const
    {
        return status == other.status && value == other.value && flag == other.flag && entries == other.entries;
    }
};

/* What `op` answers on `state`. A stopped visitor is handed the first keys. */
Answer answer(const State &state, const Op &op);

/* Whether `op` could answer just this on `state`. Not the same as comparing answers only where a visitor stops, since
 * which entries it is handed is up to the dict. */
bool holds(const State &state, const Op &op, const Answer &told);

/* What `op` changes, having answered `told`: a blind operation, or nothing. */
std::optional<Op> effect(const Op &op, const Answer &told);

/* Carries out a blind operation. */
void change(State &state, const Op &blind);

/* What a blind update leaves where `now` was; the function that apply is given in these tests included. */
Word updated(Verb verb, std::optional<Word> now, Word operand);

bool observes(Verb verb);   /* has it an answer that depends on the dict */
bool may_change(Verb verb); /* can it have an effect */
bool is_update(Verb verb);  /* add and its like: for word values only */
bool is_yes_or_no(Verb verb);
bool has_key(Verb verb); /* or is it about the whole dict */

/* The operation's name in dict.h, as conflicts and the operation table give it. */
const char *name(Verb verb);

std::string text(const Op &op);
std::string text(const Answer &told);
std::string text(const State &state);

} // namespace truce_test

#endif
