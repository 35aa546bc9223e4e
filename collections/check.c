/* Checking the program's update functions. Hides which values are tried.
 *
 * Cases are tried in batches: each is called at once a second time, and once more after the whole batch, backwards. A
 * batch is small enough for the stack, so that a check needs no memory and can't fail for want of it.
 */
#include <truce/check.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stm_core/core.h"

enum { BATCH = 64, COUNT_DEFAULT = 20000, EDGES = 5 };

static const uint64_t edges[EDGES] = {0, 1, UINT64_MAX, (uint64_t)INT64_MIN, (uint64_t)INT64_MAX};

static const char returns_a_word[] = "an update returns a word";
static const char returns_the_same_at_once[] = "called twice with the same arguments, an update returns the same";
static const char returns_the_same_later[] = "whatever was called before, an update returns the same";
static const char does_commute[] = "it does not matter which of two operands comes first";

struct check {
    truce_update *update;
    truce_check_options options;
    truce_check_fault fault; /* rule NULL: none yet */
    uint64_t random, tried;
};

struct one_case {
    truce_item now, a, b;
    truce_item result; /* of now and a */
};

/* splitmix64, by Steele, Lea and Flood: "Fast splittable pseudorandom number generators". */
static uint64_t next_random(struct check *check)
{
    uint64_t z = check->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* An edge, a power of two or a neighbour of one, or a number of some size; each of them also negative. */
static uint64_t some_number(struct check *check)
{
    const uint64_t choice = next_random(check);
    const unsigned bit = choice >> 8 & 63;
    uint64_t number = next_random(check) >> bit;
    if (choice % 4 == 0) number = edges[(choice >> 16) % EDGES];
    if (choice % 4 == 1) number = ((uint64_t)1 << bit) + (choice >> 16) % 3 - 1;
    return choice >> 32 & 1 ? ~number + 1 : number;
}

static truce_item some_word(struct check *check, const uint64_t *list, size_t count)
{
    return truce_word(list != NULL ? list[next_random(check) % count] : some_number(check));
}

static const truce_item no_item = {0, 0, TRUCE_NONE};

/* The first cases are all combinations of the edges, where everything is allowed. */
static struct one_case some_case(struct check *check)
{
    const truce_check_options *options = &check->options;
    uint64_t number = check->tried;
    struct one_case one = {no_item, no_item, no_item, no_item};
    if (options->values == NULL && options->operands == NULL && number < (EDGES + 1) * EDGES * EDGES) {
        if (number % (EDGES + 1) != 0) one.now = truce_word(edges[number % (EDGES + 1) - 1]);
        number /= EDGES + 1;
        one.a = truce_word(edges[number % EDGES]);
        one.b = truce_word(edges[number / EDGES]);
        return one;
    }
    if (next_random(check) % 8 != 0) one.now = some_word(check, options->values, options->value_count);
    one.a = some_word(check, options->operands, options->operand_count);
    one.b = some_word(check, options->operands, options->operand_count);
    return one;
}

static bool broken(struct check *check, truce_check_fault fault)
{
    fault.size = sizeof fault;
    check->fault = fault;
    return false;
}

/* Calls the update. What is no word is not given to it again. */
static bool call(struct check *check, truce_item now, truce_item operand, truce_item *result)
{
    *result = check->update(now, operand);
    if (result->kind == TRUCE_WORD) return true;
    return broken(check, (truce_check_fault){.rule = returns_a_word, .now = now, .a = operand, .first = *result});
}

/* Whether it returns what it returned before. */
static bool repeats(struct check *check, const struct one_case *one, const char *rule)
{
    truce_item again;
    if (!call(check, one->now, one->a, &again)) return false;
    if (again.word == one->result.word) return true;
    return broken(check, (truce_check_fault){
                             .rule = rule, .now = one->now, .a = one->a, .first = one->result, .second = again});
}

static bool commutes(struct check *check, const struct one_case *one)
{
    truce_item b, ab, ba;
    if (!call(check, one->result, one->b, &ab)) return false;
    if (!call(check, one->now, one->b, &b) || !call(check, b, one->a, &ba)) return false;
    if (ab.word == ba.word) return true;
    return broken(check, (truce_check_fault){.rule = does_commute,
                                             .now = one->now,
                                             .a = one->a,
                                             .b = one->b,
                                             .first = ab,
                                             .second = ba});
}

static bool holds(struct check *check, struct one_case *one)
{
    if (!call(check, one->now, one->a, &one->result) || !repeats(check, one, returns_the_same_at_once)) return false;
    return !(check->options.claims & TRUCE_COMMUTES) || commutes(check, one);
}

static bool batch_holds(struct check *check)
{
    struct one_case cases[BATCH];
    unsigned count = 0;
    while (count < BATCH && check->tried < check->options.count) {
        cases[count] = some_case(check);
        if (!holds(check, &cases[count])) return false;
        check->tried++;
        count++;
    }
    while (count-- > 0) {
        if (!repeats(check, &cases[count], returns_the_same_later)) return false;
    }
    return true;
}

static void check_options(const truce_check_options *options, truce_check_options *known)
{
    *known = (truce_check_options){.size = sizeof *known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_check_options needs its size field set");
        memcpy(known, options, options->size < sizeof *known ? options->size : sizeof *known);
    }
    if (known->claims & ~(uint32_t)TRUCE_COMMUTES) truce_misuse_("an unknown claim about an update");
    if ((known->values != NULL && known->value_count == 0) || (known->operands != NULL && known->operand_count == 0)) {
        truce_misuse_("a list of values or operands to check an update with must not be empty");
    }
    if (known->count == 0) known->count = COUNT_DEFAULT;
}

truce_status truce_check_update(truce_update *update, const truce_check_options *options, truce_check_fault *fault)
{
    if (update == NULL) truce_misuse_("truce_check_update needs an update");
    if (fault != NULL && fault->size < sizeof *fault) {
        truce_misuse_("truce_check_fault needs its size field set to the size of the struct");
    }
    struct check check = {.update = update, .fault = {.size = sizeof check.fault}};
    check_options(options, &check.options);
    check.random = check.options.seed;
    bool all_hold = true;
    while (all_hold && check.tried < check.options.count) all_hold = batch_holds(&check);
    if (fault != NULL) {
        check.fault.size = fault->size;
        *fault = check.fault;
    }
    return all_hold ? TRUCE_OK : TRUCE_UNEXPECTED;
}

/* An item of a fault: "-1", "absent", "5 bytes". */
struct item_text {
    char text[32];
};

static struct item_text text_of(truce_item item)
{
    struct item_text out = {"absent"};
    if (item.kind == TRUCE_WORD) snprintf(out.text, sizeof out.text, "%" PRId64, truce_as_signed(item));
    if (item.kind == TRUCE_BYTES) snprintf(out.text, sizeof out.text, "%" PRIu32 " bytes", item.size);
    return out;
}

size_t truce_check_text(const truce_check_fault *fault, char *text, size_t capacity)
{
    if (fault == NULL || (text == NULL && capacity > 0)) truce_misuse_("truce_check_text needs its arguments");
    const struct item_text now = text_of(fault->now), a = text_of(fault->a), b = text_of(fault->b);
    const struct item_text first = text_of(fault->first), second = text_of(fault->second);
    int length;
    if (fault->rule == NULL) {
        length = snprintf(text, capacity, "no rule was broken");
    } else if (fault->b.kind != TRUCE_NONE) {
        length = snprintf(text, capacity, "%s; but of %s, with %s and then %s, it made %s, the other way round %s",
                          fault->rule, now.text, a.text, b.text, first.text, second.text);
    } else if (fault->second.kind != TRUCE_NONE) {
        length = snprintf(text, capacity, "%s; but of %s, with %s, it made %s and then %s", fault->rule, now.text,
                          a.text, first.text, second.text);
    } else {
        length = snprintf(text, capacity, "%s; but of %s, with %s, it made %s", fault->rule, now.text, a.text,
                          first.text);
    }
    return length > 0 ? (size_t)length : 0;
}
