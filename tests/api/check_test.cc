/* truce_check_update: good functions pass, and each kind of bad one is found, with a case that shows it. */
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <truce/truce.h>

namespace {

constexpr int64_t least = std::numeric_limits<int64_t>::min();

uint64_t held(truce_item now, uint64_t absent)
{
    return now.kind == TRUCE_NONE ? absent : now.word;
}

truce_item add(truce_item now, truce_item operand)
{
    return truce_word(held(now, 0) + operand.word);
}

truce_item max(truce_item now, truce_item operand)
{
    if (now.kind == TRUCE_NONE) return operand;
    return truce_as_signed(now) < truce_as_signed(operand) ? operand : now;
}

/* Pure, but the last one counts. */
truce_item keep_last(truce_item, truce_item operand)
{
    return operand;
}

truce_item subtract_from(truce_item now, truce_item operand)
{
    return truce_word(operand.word - held(now, 0));
}

/* Commutes for every key that is there, but not for an absent one. */
truce_item first_is_doubled(truce_item now, truce_item operand)
{
    return now.kind == TRUCE_NONE ? truce_word(2 * operand.word) : add(now, operand);
}

/* Saturates at one end only: which add comes first matters there. */
truce_item add_and_saturate(truce_item now, truce_item operand)
{
    const int64_t a = static_cast<int64_t>(held(now, 0)), b = truce_as_signed(operand);
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum)) return truce_signed(sum);
    return truce_signed(b < 0 ? least : -(least + 1));
}

truce_item counts_its_calls(truce_item now, truce_item operand)
{
    static uint64_t calls;
    return truce_word(held(now, 0) + operand.word + ++calls % 2);
}

/* Gives the same when called twice in a row, but remembers whom it was called for before. */
truce_item remembers_the_last(truce_item now, truce_item operand)
{
    static uint64_t last_operand, before;
    if (operand.word != last_operand) before = last_operand;
    last_operand = operand.word;
    return truce_word(held(now, 0) + before);
}

/* Changes its mind once, after a thousand calls. */
truce_item changes_its_mind(truce_item now, truce_item operand)
{
    static uint64_t calls;
    return truce_word(held(now, 0) + operand.word + (++calls > 1000));
}

truce_item returns_bytes(truce_item, truce_item)
{
    return truce_text("text");
}

truce_item returns_nothing_for_one_key(truce_item now, truce_item operand)
{
    const bool at_minus_one = now.kind == TRUCE_WORD && truce_as_signed(now) == -1;
    return at_minus_one ? truce_item{0, 0, TRUCE_NONE} : add(now, operand);
}

/* Divides: must not be given 0, and wants small numbers only. */
truce_item divide(truce_item now, truce_item operand)
{
    EXPECT_TRUE(operand.word == 2 || operand.word == 3);
    EXPECT_TRUE(held(now, 0) <= 100);
    return truce_word(operand.word == 0 ? 0 : held(now, 0) / operand.word);
}

truce_check_options claiming(uint32_t claims)
{
    truce_check_options options = TRUCE_CHECK_OPTIONS_INIT;
    options.claims = claims;
    return options;
}

std::string text_of(const truce_check_fault &fault)
{
    char text[300];
    EXPECT_LT(truce_check_text(&fault, text, sizeof text), sizeof text);
    return text;
}

/* The fault found; none if the function passes. */
truce_check_fault check(truce_update *update, uint32_t claims)
{
    const truce_check_options options = claiming(claims);
    truce_check_fault fault = TRUCE_CHECK_FAULT_INIT;
    const truce_status status = truce_check_update(update, &options, &fault);
    EXPECT_EQ(fault.rule == nullptr ? TRUCE_OK : TRUCE_UNEXPECTED, status);
    EXPECT_EQ(sizeof fault, fault.size);
    return fault;
}

TEST(CheckUpdate, GoodFunctionsPass)
{
    EXPECT_EQ(TRUCE_OK, truce_check_update(add, nullptr, nullptr));
    EXPECT_EQ(TRUCE_OK, truce_check_update(keep_last, nullptr, nullptr));
    EXPECT_EQ("no rule was broken", text_of(check(add, TRUCE_COMMUTES)));
    EXPECT_EQ("no rule was broken", text_of(check(max, TRUCE_COMMUTES)));
    EXPECT_EQ("no rule was broken", text_of(check(add_and_saturate, 0)));
    EXPECT_EQ("no rule was broken", text_of(check(first_is_doubled, 0)));
}

TEST(CheckUpdate, WhatDoesNotCommuteIsFound)
{
    for (truce_update *const update : {keep_last, subtract_from, first_is_doubled, add_and_saturate}) {
        const truce_check_fault fault = check(update, TRUCE_COMMUTES);
        ASSERT_NE(nullptr, fault.rule);
        EXPECT_STREQ("it does not matter which of two operands comes first", fault.rule);
        EXPECT_EQ(fault.first.word, update(update(fault.now, fault.a), fault.b).word);
        EXPECT_EQ(fault.second.word, update(update(fault.now, fault.b), fault.a).word);
        EXPECT_NE(fault.first.word, fault.second.word);
    }
}

TEST(CheckUpdate, TheCaseFoundIsASmallOne)
{
    EXPECT_EQ("it does not matter which of two operands comes first; but of absent, with 1 and then 0, it made 0, the "
              "other way round 1",
              text_of(check(keep_last, TRUCE_COMMUTES)));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), check(first_is_doubled, TRUCE_COMMUTES).now.kind);
}

TEST(CheckUpdate, AHiddenStateIsFound)
{
    const std::string at_once = "called twice with the same arguments, an update returns the same";
    EXPECT_EQ(at_once + "; but of absent, with 0, it made 1 and then 0", text_of(check(counts_its_calls, 0)));
    for (truce_update *const update : {remembers_the_last, changes_its_mind}) {
        const truce_check_fault fault = check(update, 0);
        ASSERT_NE(nullptr, fault.rule);
        EXPECT_NE(fault.first.word, fault.second.word);
        EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), fault.b.kind);
    }
}

TEST(CheckUpdate, WhatIsNoWordIsFound)
{
    for (const uint32_t claims : {0u, static_cast<uint32_t>(TRUCE_COMMUTES)}) {
        EXPECT_EQ("an update returns a word; but of absent, with 0, it made 4 bytes",
                  text_of(check(returns_bytes, claims)));
        const truce_check_fault fault = check(returns_nothing_for_one_key, claims);
        ASSERT_STREQ("an update returns a word", fault.rule);
        EXPECT_EQ(-1, truce_as_signed(fault.now));
        EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), fault.first.kind);
    }
}

TEST(CheckUpdate, TriesOnlyWhatItIsTold)
{
    const uint64_t values[] = {0, 1, 7, 100}, operands[] = {2, 3};
    truce_check_options options = claiming(TRUCE_COMMUTES);
    options.values = values;
    options.value_count = 4;
    options.operands = operands;
    options.operand_count = 2;
    EXPECT_EQ(TRUCE_OK, truce_check_update(divide, &options, nullptr));
}

std::vector<uint64_t> tried;

truce_item record(truce_item now, truce_item operand)
{
    tried.push_back(held(now, 12345));
    tried.push_back(operand.word);
    return operand;
}

TEST(CheckUpdate, TriesTheSameAgainAndEveryEdge)
{
    truce_check_options options = claiming(0);
    EXPECT_EQ(TRUCE_OK, truce_check_update(record, &options, nullptr));
    const std::vector<uint64_t> first = tried;
    tried.clear();
    EXPECT_EQ(TRUCE_OK, truce_check_update(record, &options, nullptr));
    EXPECT_EQ(first, tried);
    EXPECT_EQ(3u * 2 * 20000, tried.size());
    for (const uint64_t edge : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}, uint64_t{1} << 63, (uint64_t{1} << 63) - 1,
                                uint64_t{1} << 32, uint64_t{1} << 20, uint64_t{12345}}) {
        EXPECT_NE(tried.end(), std::find(tried.begin(), tried.end(), edge)) << edge;
    }
    tried.clear();
    options.seed = 1;
    options.count = 1000;
    EXPECT_EQ(TRUCE_OK, truce_check_update(record, &options, nullptr));
    EXPECT_EQ(3u * 2 * 1000, tried.size());
    EXPECT_NE(std::vector<uint64_t>(first.begin(), first.begin() + 6000), tried);
}

TEST(CheckText, IsCutWhereItDoesNotFit)
{
    const truce_check_fault fault = check(returns_bytes, 0);
    char text[10];
    const size_t whole = truce_check_text(&fault, nullptr, 0);
    EXPECT_EQ(text_of(fault).size(), whole);
    EXPECT_EQ(whole, truce_check_text(&fault, text, sizeof text));
    EXPECT_STREQ("an update", text);
}

void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

TEST(CheckMisuse, StopsWithASentence)
{
    truce_check_options options = claiming(0);
    truce_check_fault fault = TRUCE_CHECK_FAULT_INIT;
    const uint64_t one = 1;
    EXPECT_DEATH(expect_not_reached(truce_check_update(nullptr, nullptr, nullptr)), "truce: .*update");
    fault.size = 0;
    EXPECT_DEATH(expect_not_reached(truce_check_update(add, nullptr, &fault)), "truce: .*size");
    options.size = 0;
    EXPECT_DEATH(expect_not_reached(truce_check_update(add, &options, nullptr)), "truce: .*size");
    options = claiming(64);
    EXPECT_DEATH(expect_not_reached(truce_check_update(add, &options, nullptr)), "truce: .*claim");
    options = claiming(0);
    options.values = &one;
    EXPECT_DEATH(expect_not_reached(truce_check_update(add, &options, nullptr)), "truce: .*empty");
    EXPECT_DEATH(truce_check_text(nullptr, nullptr, 0), "truce: .*arguments");
}

} // namespace
