/* Transactions over several collections, open in one thread in every commit order. The verdict is computed: at a commit
 * the answers that the transaction was given are asked again of plain containers, as they are committed now; it must
 * conflict if one of them would be another, and must commit if none would. An attempt that can't commit any more still
 * gets answers of one state that was committed while it ran. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "history/mixed_op.h"
#include "support/handles.h"
#include "support/mixed.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

using Program = std::vector<MixedCall>;

class Schedule {
  public:
    /* The collections hold what the program leaves in them. */
    Schedule(const Shape &shape, const Program &first) : stock_(shape), history_({World(shape)})
    {
        const size_t who = begin();
        run(who, first);
        EXPECT_TRUE(commit(who));
    }
    Schedule(const Schedule &) = delete;
    Schedule &operator=(const Schedule &) = delete;

    /* Each also changes something that concerns nobody, so that its observations are checked when it commits. */
    size_t begin()
    {
        players_.emplace_back(stock_, history_.size() - 1);
        return players_.size() - 1;
    }

    void run(size_t who, const Program &program)
    {
        for (const MixedCall &call : program) run(who, call);
    }

    void run(size_t who, const MixedCall &call)
    {
        players_[who].program.push_back(call);
        attempt(who, call);
    }

    bool commit(size_t who)
    {
        Player &player = players_[who];
        const truce_status anchored = truce_dict_add(player.tx, side_, truce_word(1), 1);
        const truce_status status = truce_commit(player.tx);
        events_ += "\n  T" + std::to_string(who) + " commit = " + truce_status_name(status);
        if (player.lost) {
            if (status != TRUCE_CONFLICT || anchored != TRUCE_CONFLICT) fail("a failure isn't final");
            return false;
        }
        if (status == TRUCE_CONFLICT) {
            lose(who);
            return false;
        }
        if (status != TRUCE_OK) fail("commit failed");
        if (!stands(player, history_.back())) fail("a conflict was missed");
        history_.push_back(after(player));
        return true;
    }

    void commit_or_run_again(size_t who)
    {
        if (commit(who)) return;
        Player &player = players_[who];
        if (truce_again(player.tx) != TRUCE_OK) fail("can't run again");
        player.restart(stock_, history_.size() - 1);
        for (const MixedCall &call : player.program) attempt(who, call);
        if (!commit(who)) fail("alone, and yet a conflict");
    }

    void abort(size_t who)
    {
        Player &player = players_[who];
        if (truce_abort(player.tx) != TRUCE_OK) fail("can't abort");
        events_ += "\n  T" + std::to_string(who) + " abort";
        player.lost = true;
    }

    /* The collections hold what the plain containers do. */
    void finish()
    {
        const std::string other = difference(history_.back(), stock_.content());
        if (!other.empty()) fail(other);
    }

    uint64_t conflicts() const { return conflicts_; }

  private:
    struct Player {
        Player(const Stock &stock, size_t now) { restart(stock, now); }

        void restart(const Stock &stock, size_t now)
        {
            attempt.emplace(tx, stock);
            born = now;
            lost = false;
            steps.clear();
        }

        Tx tx;
        std::optional<LibraryTx> attempt;
        size_t born = 0; /* the state that was committed when its attempt began */
        bool lost = false;
        Program program;
        std::vector<MixedStep> steps;
    };

    void attempt(size_t who, const MixedCall &call)
    {
        Player &player = players_[who];
        MixedAnswer told = player.attempt->play(call);
        events_ += "\n  T" + std::to_string(who) + " " + text(call) + " = " + text(told);
        if (player.lost) {
            if (status_of(told) != TRUCE_CONFLICT) fail("a failure isn't final");
            return;
        }
        if (status_of(told) == TRUCE_CONFLICT) return lose(who);
        player.steps.push_back({call, std::move(told)});
        const bool one_state = std::any_of(history_.begin() + static_cast<ptrdiff_t>(player.born), history_.end(),
                                           [&](const World &world) { return stands(player, world); });
        if (!one_state) fail("a wrong answer");
    }

    void lose(size_t who)
    {
        Player &player = players_[who];
        player.lost = true;
        conflicts_++;
        if (stands(player, history_.back())) fail("a false conflict");
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        if (truce_explain(player.tx, &conflict) != TRUCE_OK || conflict.object == nullptr) fail("not explained");
    }

    /* Whether every answer would be the same, had this been the committed state. */
    static bool stands(const Player &player, World world)
    {
        PlainTx plain(world);
        return std::all_of(player.steps.begin(), player.steps.end(),
                           [&](const MixedStep &step) { return plain.take(step); });
    }

    World after(const Player &player) const
    {
        World world = history_.back();
        PlainTx plain(world);
        for (const MixedStep &step : player.steps) plain.take(step);
        plain.commit();
        return world;
    }

    void fail(const std::string &what) { ADD_FAILURE() << what << events_; }

    const Stock stock_;
    const Dict side_;
    std::vector<World> history_; /* committed states */
    std::deque<Player> players_; /* after the collections: transactions end before these are freed */
    std::string events_;
    uint64_t conflicts_ = 0;
};

/* ---- calls on the first collection of their kind, which are of words ---- */

MixedCall dict(Verb verb, Word key = 1, Word value = 0)
{
    return {0, Op{verb, key, value}};
}

MixedCall list(ListVerb verb, Word index = 0, Word value = 0)
{
    return {0, ListOp{verb, index, value}};
}

MixedCall queue(QueueVerb verb, Word value = 0, size_t n = 0)
{
    return {0, QueueOp{verb, value, n}};
}

MixedCall number(Call call, int64_t operand = 0)
{
    return {0, Request{call, operand}};
}

MixedCall place(PlaceVerb verb, Word key = 0, Word value = 0)
{
    return {0, PlaceOp{verb, key, value}};
}

/* Whether a transaction conflicts if another one commits while it is open. */
bool conflicts(const Program &first, const Program &mine, const Program &other)
{
    Schedule schedule(some_of_every_kind(), first);
    const size_t me = schedule.begin(), they = schedule.begin();
    schedule.run(me, mine);
    schedule.run(they, other);
    EXPECT_TRUE(schedule.commit(they));
    schedule.commit_or_run_again(me);
    schedule.finish();
    return schedule.conflicts() != 0;
}

void expect_conflict(const Program &first, const Program &mine, const Program &other)
{
    EXPECT_TRUE(conflicts(first, mine, other));
}

void expect_none(const Program &first, const Program &mine, const Program &other)
{
    EXPECT_FALSE(conflicts(first, mine, other));
}

const MixedCall push = queue(QueueVerb::push, 7), pop = queue(QueueVerb::pop);

/* ---- schedules written out ---- */

TEST(Across, WriteSkewBetweenADictAndAList)
{
    const Program by_dict = {dict(Verb::contains), list(ListVerb::append, 0, 5)};
    for (const ListVerb verb : {ListVerb::len, ListVerb::is_empty, ListVerb::get, ListVerb::last, ListVerb::each}) {
        const Program by_list = {list(verb, 0, 9), dict(Verb::set, 1, 6)};
        expect_conflict({}, by_dict, by_list);
        expect_conflict({}, by_list, by_dict);
    }
    const Program blind = {list(ListVerb::append, 0, 8), dict(Verb::set, 1, 6)};
    expect_none({}, blind, by_dict);
    expect_conflict({}, by_dict, blind);
    const Program elsewhere = {list(ListVerb::get, 0), dict(Verb::set, 2, 6)};
    expect_none({list(ListVerb::append, 0, 1)}, by_dict, elsewhere);
    expect_none({list(ListVerb::append, 0, 1)}, elsewhere, by_dict);
}

/* A queue that is only looked at, while another takes as many as it brings. */
TEST(Across, AQueueThatWasOnlyRead)
{
    const Program change = {push, pop, dict(Verb::set, 1, 6)};
    const auto look = [](const MixedCall &call) { return Program{call, dict(Verb::add, 2, 1)}; };
    const MixedCall len = queue(QueueVerb::len), peek = queue(QueueVerb::peek), all = queue(QueueVerb::each);
    const MixedCall is_empty = queue(QueueVerb::is_empty), two = queue(QueueVerb::len_at_least, 0, 2);
    const Program one = {queue(QueueVerb::push, 3)}, equal = {push, push};
    for (const MixedCall &call : {len, peek, is_empty, two, all}) {
        expect_none({}, look(call), change);
        expect_none({push}, look(call), change);
        expect_none(equal, look(call), change);
        expect_none(one, change, look(call));
    }
    expect_none(one, look(len), change);
    expect_none(one, look(is_empty), change);
    expect_none(one, look(two), change);
    expect_conflict(one, look(peek), change);
    expect_conflict(one, look(all), change);
    expect_conflict({}, look(is_empty), {push});
    expect_conflict({}, look(peek), {push});
    expect_conflict(one, look(two), {push});
    expect_none(one, look(is_empty), {push});
    expect_none(one, look(peek), {push});
    expect_conflict(one, look(is_empty), {pop});
}

TEST(Across, ACounterThatAllowsADictToBeChanged)
{
    const auto set_if_at_least = [](int64_t n) { return Program{number(Call::at_least, n), dict(Verb::set, 1, 6)}; };
    const Program less = {dict(Verb::get), number(Call::add, -1)}, more = {number(Call::add, 1)};
    const Program five = {number(Call::add, 5)};
    expect_conflict(five, set_if_at_least(5), less);
    expect_none(five, set_if_at_least(4), less);
    expect_none(five, set_if_at_least(6), less);
    expect_conflict(five, set_if_at_least(6), more);
    expect_none(five, set_if_at_least(5), more);
    expect_conflict(five, less, set_if_at_least(5));
    expect_none(five, {number(Call::get), dict(Verb::set)}, {more[0], dict(Verb::set, 2), less[1]});
    expect_conflict(five, {number(Call::get), dict(Verb::set)}, more);
}

TEST(Across, AVarThatSaysWhichListIsMeant)
{
    const Program append_there = {number(Call::var_get), list(ListVerb::append, 0, 5)};
    expect_conflict({}, append_there, {number(Call::var_set, 1), list(ListVerb::clear)});
    expect_none({}, append_there, {number(Call::var_set, 0), list(ListVerb::clear)});
    expect_none({}, append_there, {number(Call::var_add, 0), list(ListVerb::append, 0, 6)});
}

TEST(Across, ItemsThatMoveFromAQueueToAList)
{
    const Program move = {pop, list(ListVerb::append, 0, 7)};
    const Program sum = {queue(QueueVerb::len), list(ListVerb::len)};
    expect_conflict({push, push}, sum, move);
    expect_none({push, push}, move, sum);
    expect_none({push, push}, move, move); /* the first item is 7 again */
    expect_conflict({push}, move, move);
    expect_conflict({push, queue(QueueVerb::push, 8)}, move, move);
}

TEST(Across, TicketsAreSettledAtTheCommit)
{
    const Program filed = {place(PlaceVerb::file, 1, 50), place(PlaceVerb::find, 1), place(PlaceVerb::own, 0)};
    const Program before = {list(ListVerb::insert, 0, 9), list(ListVerb::append, 0, 8)};
    expect_none({}, filed, before);
    expect_none({}, filed, filed);
    expect_none({}, filed, {list(ListVerb::clear)});
    expect_conflict({}, {place(PlaceVerb::find, 1), dict(Verb::set)}, filed);
    expect_none({}, {place(PlaceVerb::find, 2), dict(Verb::set)}, filed);
    expect_none({}, {place(PlaceVerb::file, 1, 50), list(ListVerb::pop), dict(Verb::set)}, filed);
}

/* ---- schedules at random ---- */

Program random_program(const Shape &shape, Random &random, uint64_t longest)
{
    Program program;
    for (uint64_t left = 1 + random.below(longest); left > 0; left--) program.push_back(random_call(shape, random));
    return program;
}

constexpr uint64_t schedules = sanitized ? 600 : 6000;

/* Two programs, one after the other; and then both commit orders. */
TEST(Across, TwoRandomPrograms)
{
    Random random(seed());
    uint64_t met = 0;
    for (uint64_t i = 0; i < schedules && !testing::Test::HasFailure(); i++) {
        const Shape shape = one_of_every_kind(random);
        const Program first = random_program(shape, random, 8);
        const Program a = random_program(shape, random, 5), b = random_program(shape, random, 5);
        for (const size_t last : {0u, 1u}) {
            Schedule schedule(shape, first);
            schedule.begin();
            schedule.begin();
            schedule.run(1, a);
            schedule.run(2, b);
            schedule.commit(2 - last);
            schedule.commit_or_run_again(1 + last);
            schedule.finish();
            met += schedule.conflicts();
        }
    }
    std::printf("[ SCHEDULES ] %llu conflicts\n", static_cast<unsigned long long>(met));
    EXPECT_GT(met, schedules / 20);
}

/* Three transactions, their operations, commits and aborts in random order. */
TEST(Across, ThreeInRandomOrder)
{
    Random random(seed());
    uint64_t met = 0;
    for (uint64_t i = 0; i < schedules && !testing::Test::HasFailure(); i++) {
        const Shape shape = one_of_every_kind(random);
        Schedule schedule(shape, random_program(shape, random, 8));
        uint64_t left[] = {1 + random.below(7), 1 + random.below(7), 1 + random.below(7)};
        for (size_t player = 0; player < 3; player++) schedule.begin();
        for (size_t open = 3; open > 0;) {
            const size_t player = random.below(3);
            if (left[player] == 0) continue;
            if (--left[player] > 0) {
                schedule.run(player + 1, random_call(shape, random));
                continue;
            }
            open--;
            if (random.one_in(6)) {
                schedule.abort(player + 1);
            } else {
                schedule.commit(player + 1);
            }
        }
        schedule.finish();
        met += schedule.conflicts();
    }
    std::printf("[ SCHEDULES ] %llu conflicts\n", static_cast<unsigned long long>(met));
    EXPECT_GT(met, schedules / 20);
}

} // namespace
