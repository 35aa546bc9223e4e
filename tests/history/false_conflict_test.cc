/* False conflicts, counted by someone else than the check that reported them.
 *
 * Threads observe and change a few shared keys in such a way that what stopped being true never becomes true again:
 * values are like no other, keys only come, or only go. When an attempt ends in a conflict, its thread stops all the
 * others, asks the falsified operation again through the public functions alone, and counts the conflict as false if
 * the answer is the one the attempt had. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/play.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr Word shared_keys = 12;

/* Whether keys that are absent come, or keys that are there go. */
enum Drift { coming, going };

struct Setting {
    const char *name;
    Drift drift;
    unsigned threads;
    bool collide;
};

/* What an attempt asked and was told, in order. Each key is used once, so that its own work decides no answer. */
struct Asked {
    Op op;
    Answer told;
};

/* All attempts run with the door open. Who wants to be alone closes it; no attempt begins from then on. */
class Door {
  public:
    template <class Attempt> void pass(Attempt attempt)
    {
        while (closing_.load() != 0) sched_yield();
        const std::shared_lock<std::shared_mutex> open(mutex_);
        attempt();
    }

    template <class Check> void close(Check check)
    {
        closing_++;
        {
            const std::unique_lock<std::shared_mutex> closed(mutex_);
            check();
        }
        closing_--;
    }

  private:
    std::atomic<int> closing_{0};
    std::shared_mutex mutex_;
};

struct Arena {
    Setting setting;
    Flavor flavor;
    Dict dict;
    Door door;
    std::atomic<Word> next_key{shared_keys};

    explicit Arena(const Setting &s) : setting(s), flavor{TRUCE_WORD, TRUCE_WORD, s.collide}
    {
        if (s.collide) truce_test_collide(dict);
        for (Word key = 0; key < shared_keys; key++) {
            if (s.drift == going || key % 2 == 0) put(dict, key, static_cast<int64_t>(key));
        }
    }

    Answer ask_alone(const Op &op) const { return play(TRUCE_ALONE, dict, flavor, op); }

    /* Whether the operation would be answered now as it was then. */
    bool still_true(const Asked &asked) const
    {
        State state;
        switch (asked.op.verb) {
        case Verb::len:
        case Verb::len_at_least:
        case Verb::is_empty:
            return ask_alone(asked.op) == asked.told;
        case Verb::each:
        case Verb::each_some:
        case Verb::each_key:
        case Verb::each_key_some:
            state = content(dict, flavor);
            return holds(state, asked.op, asked.told);
        default:
            for (const Word key : {asked.op.key, asked.op.other}) {
                const Answer now = ask_alone(Op{Verb::get, key});
                if (now.value) state[key] = *now.value;
            }
            return holds(state, asked.op, asked.told);
        }
    }
};

/* One thread. */
class Player {
  public:
    Player(Arena &arena, uint64_t seed) : arena_(arena), random_(seed) {}

    void play_transaction();

    uint64_t conflicts = 0;
    uint64_t false_ones = 0; /* the operation named is still answered as it was */
    uint64_t wrong_ones = 0; /* the report names an operation, a key or an answer that the attempt did not have */
    std::string first_problem;

  private:
    truce_status ask(truce_tx *tx, const Op &op);
    truce_status ask_about_all(truce_tx *tx);
    truce_status use_key(truce_tx *tx, Word key);
    truce_status drift(truce_tx *tx);
    truce_status body(truce_tx *tx);
    void judge(truce_tx *tx);
    void note(const truce_conflict &conflict, const char *problem);

    Arena &arena_;
    Random random_;
    std::vector<Asked> asked_;
};

truce_status Player::ask(truce_tx *tx, const Op &op)
{
    const Answer told = play(tx, arena_.dict, arena_.flavor, op);
    if (told.status >= 0 && observes(op.verb)) asked_.push_back({op, told});
    return told.status < 0 ? told.status : TRUCE_OK;
}

truce_status Player::ask_about_all(truce_tx *tx)
{
    const Word len = arena_.ask_alone(Op{Verb::len}).value.value_or(0);
    switch (random_.below(10)) {
    case 0:
        return ask(tx, Op{Verb::len});
    case 1:
        return ask(tx, Op{Verb::len_at_least, 0, len + random_.below(2)});
    case 2:
        return ask(tx, Op{Verb::is_empty});
    case 3:
        return ask(tx, Op{Verb::each});
    case 4:
        return ask(tx, Op{Verb::each_key});
    case 5:
        return ask(tx, Op{Verb::each_some, 0, 1 + random_.below(3)});
    case 6:
        return ask(tx, Op{Verb::each_key_some, 0, 1 + random_.below(3)});
    default:
        return TRUCE_OK;
    }
}

/* Something with a shared key that, where keys only go, brings none back. */
truce_status Player::use_key(truce_tx *tx, Word key)
{
    const Word value = random_.next();
    const Word expected = arena_.ask_alone(Op{Verb::get, key}).value.value_or(value);
    const bool coming_keys = arena_.setting.drift == coming;
    switch (random_.below(10)) {
    case 0:
        return ask(tx, Op{Verb::contains, key});
    case 1:
        return ask(tx, Op{Verb::copy, key});
    case 2:
        return ask(tx, Op{Verb::get_many, key, 0, key + shared_keys});
    case 3:
    case 4:
        return ask(tx, Op{Verb::replace, key, value, expected});
    case 5:
        return ask(tx, coming_keys ? Op{Verb::swap, key, value} : Op{Verb::pop, key});
    case 6:
        return ask(tx, coming_keys ? Op{Verb::get_or_set, key, value} : Op{Verb::remove, key});
    case 7:
        return ask(tx, coming_keys ? Op{Verb::set, key, value} : Op{Verb::replace, key, value, expected});
    case 8:
        return ask(tx, coming_keys ? Op{Verb::add, key, value} : Op{Verb::remove_blind, key});
    default:
        return ask(tx, Op{Verb::get, key});
    }
}

/* One key more, or one less. */
truce_status Player::drift(truce_tx *tx)
{
    if (arena_.setting.drift == going) return ask(tx, Op{Verb::remove_blind, shared_keys + random_.below(400)});
    if (arena_.setting.collide && arena_.next_key >= 60) return TRUCE_OK;
    return ask(tx, Op{Verb::set, arena_.next_key++, random_.next()});
}

truce_status Player::body(truce_tx *tx)
{
    asked_.clear();
    TRUCE_TRY(ask_about_all(tx));
    const Word first = random_.below(shared_keys);
    for (Word i = random_.below(4); i < 4; i++) {
        TRUCE_TRY(use_key(tx, (first + i) % shared_keys));
        if (random_.one_in(4)) sched_yield();
    }
    return random_.one_in(8) ? drift(tx) : TRUCE_OK;
}

void Player::note(const truce_conflict &conflict, const char *problem)
{
    char sentence[300];
    truce_conflict_text(&conflict, sentence, sizeof sentence);
    if (!first_problem.empty()) return;
    first_problem = std::string(problem) + ": " + sentence + "; the attempt had";
    for (const Asked &asked : asked_) first_problem += " " + text(asked.op) + " -> " + text(asked.told) + ";";
}

bool hands_out_entries(Verb verb)
{
    return verb >= Verb::each && verb <= Verb::each_key_some;
}

/* Whether the report names this operation. Of an iteration it names one of the keys that were handed out or not. */
bool is_named(const truce_conflict &conflict, const Asked &asked)
{
    const Op &op = asked.op;
    if (name(op.verb) != std::string(conflict.operation)) return false;
    if (hands_out_entries(op.verb)) return conflict.key.kind == TRUCE_WORD;
    if (!has_key(op.verb)) return conflict.key.kind == TRUCE_NONE;
    const bool second = op.verb == Verb::get_many && conflict.key.word == op.other;
    return conflict.key.kind == TRUCE_WORD && (conflict.key.word == op.key || second);
}

/* What the operation saw, as a report says it: a yes as 1, a key without its value as 1, an absent key as nothing. */
std::optional<Word> observed(const Asked &asked, Word key)
{
    const Answer &told = asked.told;
    if (is_yes_or_no(asked.op.verb)) return told.flag;
    if (asked.op.verb == Verb::get_or_set && !told.flag) return std::nullopt;
    if (asked.op.verb == Verb::get_many) return told.entries.at(key);
    if (!hands_out_entries(asked.op.verb)) return told.value;
    const auto found = told.entries.find(key);
    return found == told.entries.end() ? std::nullopt : std::optional<Word>(found->second.value_or(1));
}

bool is_seen(const truce_conflict &conflict, const Asked &asked)
{
    const std::optional<Word> value = observed(asked, conflict.key.word);
    return value ? conflict.seen.kind == TRUCE_WORD && conflict.seen.word == *value : conflict.seen.kind == TRUCE_NONE;
}

/* Looks at the conflict that ended the last attempt, while nobody else does anything. */
void Player::judge(truce_tx *tx)
{
    conflicts++;
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    bool named = false;
    bool falsified = false;
    for (const Asked &asked : asked_) {
        if (!is_named(conflict, asked)) continue;
        named = named || is_seen(conflict, asked);
        falsified = falsified || !arena_.still_true(asked);
    }
    if (!named || conflict.object != static_cast<truce_dict *>(arena_.dict)) {
        wrong_ones++;
        note(conflict, "not what the attempt had");
    } else if (!falsified) {
        false_ones++;
        note(conflict, "false");
    }
}

void Player::play_transaction()
{
    truce_tx *tx = nullptr;
    truce_status status = truce_begin(nullptr, &tx);
    while (status == TRUCE_OK) {
        arena_.door.pass([&] {
            status = body(tx);
            if (status == TRUCE_OK) status = truce_commit(tx);
        });
        if (status != TRUCE_CONFLICT) break;
        arena_.door.close([&] { judge(tx); });
        status = truce_again(tx);
    }
    EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
    truce_end(tx);
}

class FalseConflicts : public testing::TestWithParam<Setting> {};

TEST_P(FalseConflicts, AreNone)
{
    const Setting setting = GetParam();
    Random seeds(seed());
    const uint64_t end_ns = end_of_part_ns(6, 2);
    uint64_t conflicts = 0;
    do {
        Arena arena(setting);
        for (Word key = 0; setting.drift == going && key < 400; key++) put(arena.dict, shared_keys + key, 1);
        std::vector<Player> players;
        for (unsigned i = 0; i < setting.threads; i++) players.emplace_back(arena, seeds.next());
        run_threads(setting.threads, [&](unsigned thread) {
            for (int i = 0; i < 300; i++) players[thread].play_transaction();
        });
        for (const Player &player : players) {
            conflicts += player.conflicts;
            EXPECT_EQ(0u, player.false_ones) << player.first_problem;
            EXPECT_EQ(0u, player.wrong_ones) << player.first_problem;
        }
    } while (!HasFailure() && now_ns() < end_ns);
    std::printf("%llu conflicts asked again\n", static_cast<unsigned long long>(conflicts));
    EXPECT_GT(conflicts, 0u);
}

std::string name_of(const testing::TestParamInfo<Setting> &info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Threads, FalseConflicts,
    testing::Values(Setting{"ComingWith2", coming, 2, false}, Setting{"ComingWith8", coming, 8, false},
                    Setting{"GoingWith4", going, 4, false}, Setting{"CollidingComingWith2", coming, 2, true},
                    Setting{"CollidingComingWith4", coming, 4, true}, Setting{"CollidingGoingWith4", going, 4, true}),
    name_of);

} // namespace

} // namespace truce_test
