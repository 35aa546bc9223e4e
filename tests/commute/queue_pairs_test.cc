/* Two transactions open on one queue in one thread, every pair of short programs in both commit orders. The verdict is
 * computed on plain deques: at every commit the answers that the transaction was given are asked again of what is
 * committed now, its own work included; it must conflict if one would be another, and must commit if none would. Any
 * item is right for pop_any, as long as no other open pop_any has it; asked again, it must still be there. */
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "commute/operation_rows.h"
#include "history/harness.h"
#include "support/handles.h"
#include "support/queue_model.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

using Program = std::vector<QueueOp>;

class Stage {
  public:
    explicit Stage(uint32_t values, size_t capacity)
        : values_(values), capacity_(capacity), queue_(queue_options(values, capacity, "the queue"))
    {
    }

    ~Stage()
    {
        players_.clear();
        std::printf("[ SCHEDULES ] %llu schedules, %llu commits, %llu conflicts, false %llu, missed %llu\n", schedules_,
                    commits_, conflicts_, false_, missed_);
        EXPECT_EQ(0u, false_);
        EXPECT_EQ(0u, missed_);
    }

    /* Begins a schedule: nothing is open and the queue holds these. */
    void set_up(const std::vector<Word> &items)
    {
        players_.clear();
        events_.clear();
        ++schedules_;
        QueueState state = history_.back();
        if (spoiled_) {
            queue_ = Queue(queue_options(values_, capacity_, "the queue"));
            state.clear();
            spoiled_ = false;
        }
        for (; !state.empty(); state.pop_front()) by_itself({QueueVerb::pop});
        /* Who pops sees where the items end, and the head knows it from then on: in half of the schedules. */
        const bool known = (schedules_ * 2654435761u >> 16) % 2 == 0 && (capacity_ == 0 || items.size() < capacity_);
        if (known) by_itself({QueueVerb::push});
        for (const Word item : items) {
            by_itself({QueueVerb::push, item});
            state.push_back({next_id_++, item});
        }
        if (known) by_itself({QueueVerb::pop});
        history_.assign(1, state);
    }

    /* Opens a transaction. An anchored one also changes something that concerns nobody, so that its observations are
     * checked when it commits. */
    size_t begin(bool anchored = true)
    {
        players_.push_back(std::make_unique<Player>());
        players_.back()->anchored = anchored;
        players_.back()->born = history_.size() - 1;
        return players_.size() - 1;
    }

    void run(size_t who, const Program &program)
    {
        for (const QueueOp &op : program) run(who, op);
    }

    void run(size_t who, const QueueOp &op)
    {
        Player &player = *players_[who];
        player.program.push_back(op);
        attempt(player, who, op);
    }

    bool commit(size_t who)
    {
        Player &player = *players_[who];
        if (player.anchored) {
            const truce_status status = truce_dict_add(player.tx, side_, truce_word(1), 1);
            if (status != (player.lost ? TRUCE_CONFLICT : TRUCE_OK)) fail("the anchor failed");
        }
        const truce_status status = truce_commit(player.tx);
        events_.push_back({who, "commits", {}, {status, {}, 0}});
        if (player.lost) {
            if (status != TRUCE_CONFLICT) fail("a failure isn't final");
            return false;
        }
        if (status == TRUCE_CONFLICT) {
            lose(player);
            return false;
        }
        if (status != TRUCE_OK) fail("commit failed");
        ++commits_;
        const Replay replay = play_again(player, history_.back());
        if ((player.anchored || writes(player)) && !replay.changed.empty()) {
            ++missed_;
            fail("a conflict was missed");
        }
        if (writes(player)) history_.push_back(replay.state);
        player.claims.clear();
        return true;
    }

    void commit_or_run_again(size_t who)
    {
        if (commit(who)) return;
        Player &player = *players_[who];
        const truce_status again = truce_again(player.tx);
        events_.push_back({who, "again", {}, {again, {}, 0}});
        if (again != TRUCE_OK) fail("can't run again");
        player.lost = false;
        player.born = history_.size() - 1;
        player.steps.clear();
        for (const QueueOp &op : player.program) attempt(player, who, op);
        if (!commit(who)) fail("alone, and lost again");
    }

    void abort(size_t who)
    {
        Player &player = *players_[who];
        EXPECT_EQ(TRUCE_OK, truce_abort(player.tx));
        events_.push_back({who, "aborts", {}, {}});
        player.claims.clear();
        player.lost = true;
    }

    void finish()
    {
        for (const auto &player : players_) player->tx.end();
        if (content(queue_, values_) != values_of(history_.back())) fail("the queue is not what the model is");
    }

    uint64_t conflicts() const { return conflicts_; }
    bool hopeless() const { return failures_ > 5; }

  private:
    struct Step {
        QueueOp op;
        QueueAnswer told;
        uint64_t id; /* pushed, or taken by pop_any */
    };
    struct Event {
        size_t who;
        const char *what; /* NULL: the operation */
        QueueOp op;
        QueueAnswer told;
    };
    struct Player {
        Tx tx;
        bool anchored = true;
        bool lost = false;
        size_t born = 0;
        Program program;
        std::vector<Step> steps;
        std::set<uint64_t> claims;
    };
    struct Replay {
        std::vector<size_t> changed; /* which steps would be answered otherwise */
        std::vector<QueueAnswer> now;
        QueueState state;
    };

    static bool writes(const Player &player)
    {
        return std::any_of(player.steps.begin(), player.steps.end(), [](const Step &step) {
            return step.op.verb == QueueVerb::push ? step.told.status == TRUCE_OK
                                                   : changes(step.op.verb) && !step.told.items.empty();
        });
    }

    void by_itself(const QueueOp &op)
    {
        if (run_in_transaction(op).status != TRUCE_OK) fail("an operation by itself failed");
    }

    QueueAnswer run_in_transaction(const QueueOp &op)
    {
        Tx tx;
        const QueueAnswer answer = play(tx, queue_, values_, op);
        EXPECT_EQ(TRUCE_OK, truce_commit(tx));
        return answer;
    }

    /* The steps' operations on this committed state. */
    Replay play_again(const Player &player, const QueueState &committed) const
    {
        Replay replay;
        replay.state = committed;
        for (size_t i = 0; i < player.steps.size(); ++i) {
            const Step &step = player.steps[i];
            QueueAnswer now = step.told;
            if (step.op.verb == QueueVerb::pop_any && step.told.status == TRUCE_OK) {
                const auto found = std::find_if(replay.state.begin(), replay.state.end(),
                                                [&](const QueueItem &item) { return item.id == step.id; });
                if (found == replay.state.end()) {
                    now = {TRUCE_EMPTY, {}, 0};
                } else {
                    replay.state.erase(found);
                }
            } else if (step.told.status != TRUCE_CLAIMED) {
                now = model_play(replay.state, capacity_, step.op, step.id);
            }
            if (!(now == step.told)) replay.changed.push_back(i);
            replay.now.push_back(std::move(now));
        }
        return replay;
    }

    bool claimed_by_others(const Player &player, uint64_t id) const
    {
        return std::any_of(players_.begin(), players_.end(),
                           [&](const auto &other) { return other.get() != &player && other->claims.count(id) != 0; });
    }

    /* Which item a pop_any took; whether it was right in what it answered. */
    void check_any(Player &player, Step &step)
    {
        auto seen = history_.end() - 1; /* what was committed last, unless the transaction can't commit any more */
        while (seen - history_.begin() > static_cast<ptrdiff_t>(player.born) &&
               !play_again(player, *seen).changed.empty()) {
            --seen;
        }
        const QueueState before = play_again(player, *seen).state;
        const bool all_claimed = std::all_of(before.begin(), before.end(),
                                             [&](const QueueItem &item) { return claimed_by_others(player, item.id); });
        if (step.told.status == TRUCE_EMPTY && !before.empty()) fail("pop_any: a false empty");
        if (step.told.status == TRUCE_CLAIMED && (before.empty() || !all_claimed)) fail("pop_any: a false claimed");
        if (step.told.status != TRUCE_OK) return;
        for (const QueueItem &item : before) {
            if (item.value != step.told.items[0] || claimed_by_others(player, item.id)) continue;
            step.id = item.id;
            player.claims.insert(item.id);
            return;
        }
        fail("pop_any: an item that is not there, or claimed");
    }

    void attempt(Player &player, size_t who, const QueueOp &op)
    {
        Step step = {op, play(player.tx, queue_, values_, op), 0};
        events_.push_back({who, nullptr, op, step.told});
        if (player.lost) {
            if (step.told.status != TRUCE_CONFLICT) fail("a failure isn't final");
            return;
        }
        if (step.told.status == TRUCE_CONFLICT) return lose(player);
        if (step.told.status < 0) return fail("failed");
        const bool doomed = !play_again(player, history_.back()).changed.empty();
        if (op.verb == QueueVerb::push) step.id = next_id_++;
        if (op.verb == QueueVerb::pop_any) check_any(player, step);
        player.steps.push_back(step);
        if (doomed ? !was_consistent(player) : !play_again(player, history_.back()).changed.empty()) {
            fail("wrong answer");
        }
    }

    /* A transaction that can't commit any more still sees one state that was committed while it ran. */
    bool was_consistent(const Player &player) const
    {
        return std::any_of(history_.begin() + static_cast<ptrdiff_t>(player.born), history_.end(),
                           [&](const QueueState &state) { return play_again(player, state).changed.empty(); });
    }

    void lose(Player &player)
    {
        player.lost = true;
        player.claims.clear();
        ++conflicts_;
        const Replay replay = play_again(player, history_.back());
        if (replay.changed.empty()) {
            ++false_;
            return fail("a false conflict");
        }
        EXPECT_EQ(TRUCE_OK, truce_abort(player.tx));
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        if (truce_explain(player.tx, &conflict) != TRUCE_OK) return fail("no explanation");
        if (conflict.object != static_cast<truce_queue *>(queue_)) fail("another object is named");
        for (const size_t i : replay.changed) {
            if (explains(conflict, player.steps[i], replay.now[i])) return;
        }
        char words[200];
        truce_conflict_text(&conflict, words, sizeof words);
        fail("the explanation is wrong: " + std::string(words));
    }

    bool explains(const truce_conflict &conflict, const Step &step, const QueueAnswer &now) const
    {
        if (std::string(name(step.op.verb)) != conflict.operation) return false;
        const auto item = [&](const truce_item &given) { return decode(given, values_); };
        const auto at = [](const QueueAnswer &answer, size_t index) {
            return index < answer.items.size() ? std::optional<Word>(answer.items[index]) : std::nullopt;
        };
        switch (step.op.verb) {
        case QueueVerb::pop:
        case QueueVerb::peek:
        case QueueVerb::pop_any:
            return conflict.key.kind == TRUCE_NONE && item(conflict.seen) == at(step.told, 0) &&
                   item(conflict.now) == at(now, 0);
        case QueueVerb::pop_up_to:
        case QueueVerb::each:
        case QueueVerb::each_some: {
            const size_t index = conflict.key.word;
            return conflict.key.kind == TRUCE_WORD && item(conflict.seen) == at(step.told, index) &&
                   item(conflict.now) == at(now, index) && at(step.told, index) != at(now, index);
        }
        case QueueVerb::push:
            return conflict.seen.word == (step.told.status == TRUCE_OK) &&
                   conflict.now.word == (now.status == TRUCE_OK);
        default:
            return conflict.seen.word == step.told.number && conflict.now.word == now.number;
        }
    }

    void fail(const std::string &what)
    {
        spoiled_ = true;
        if (++failures_ > 5) return;
        std::string story;
        for (const Word value : values_of(history_.front())) story += " " + std::to_string(value);
        story += "\n";
        for (const Event &event : events_) {
            story += "  " + std::to_string(event.who) + " " + (event.what != nullptr ? event.what : text(event.op)) +
                     ": " + text(event.told) + "\n";
        }
        ADD_FAILURE() << what << "\nqueue, capacity " << capacity_ << ":" << story;
    }

    const uint32_t values_;
    const size_t capacity_;
    Dict side_;
    Queue queue_;
    std::vector<QueueState> history_ = std::vector<QueueState>(1);
    std::vector<std::unique_ptr<Player>> players_;
    std::vector<Event> events_;
    uint64_t next_id_ = 1;
    bool spoiled_ = false;
    unsigned long long schedules_ = 0, commits_ = 0, conflicts_ = 0, false_ = 0, missed_ = 0, failures_ = 0;
};

struct Kind {
    uint32_t values;
    size_t capacity;
};

std::string text(const Kind &kind)
{
    return std::string(kind.values == TRUCE_WORD ? "word" : "byte") +
           (kind.capacity == 0 ? "" : "_of_" + std::to_string(kind.capacity));
}

void PrintTo(const Kind &kind, std::ostream *out)
{
    *out << text(kind);
}

std::vector<Program> programs_of_one()
{
    return {
        {{QueueVerb::push, 9}},
        {{QueueVerb::push, 1}},
        {{QueueVerb::pop}},
        {{QueueVerb::peek}},
        {{QueueVerb::pop_up_to, 0, 0}},
        {{QueueVerb::pop_up_to, 0, 1}},
        {{QueueVerb::pop_up_to, 0, 2}},
        {{QueueVerb::pop_up_to, 0, 5}},
        {{QueueVerb::pop_any}},
        {{QueueVerb::len}},
        {{QueueVerb::len_at_least, 0, 0}},
        {{QueueVerb::len_at_least, 0, 1}},
        {{QueueVerb::len_at_least, 0, 2}},
        {{QueueVerb::len_at_least, 0, 3}},
        {{QueueVerb::is_empty}},
        {{QueueVerb::each}},
        {{QueueVerb::each_some, 0, 1}},
        {{QueueVerb::each_some, 0, 2}},
    };
}

std::vector<Program> programs_of_two()
{
    std::vector<Program> programs;
    for (const Program &first : programs_of_one()) {
        for (const Program &second : programs_of_one()) {
            programs.push_back({first[0], second[0]});
        }
    }
    return programs;
}

/* Queues of 0, 1, 2, 3 items, some of them equal. */
std::vector<std::vector<Word>> initial_states(size_t capacity)
{
    std::vector<std::vector<Word>> states = {{}, {1}, {1, 2}, {1, 1}, {1, 2, 3}, {1, 1, 1}, {9, 1, 9}};
    const auto too_long = [&](const std::vector<Word> &state) { return capacity != 0 && state.size() > capacity; };
    states.erase(std::remove_if(states.begin(), states.end(), too_long), states.end());
    return states;
}

constexpr size_t one_in = sanitized ? 40 : 1;
constexpr size_t one_pair_in = sanitized ? 5 : 1;

class QueuePairs : public testing::TestWithParam<Kind> {
  protected:
    /* Both run, then the first commits, then the second. */
    void both_orders(Stage &stage, const std::vector<Word> &state, const Program &a, const Program &b, bool anchored)
    {
        for (const size_t first : {size_t{0}, size_t{1}}) {
            stage.set_up(state);
            stage.begin(anchored);
            stage.begin(anchored);
            stage.run(0, a);
            stage.run(1, b);
            stage.commit(first);
            stage.commit_or_run_again(1 - first);
            stage.finish();
        }
    }
};

TEST_P(QueuePairs, EveryPairOfOperations)
{
    Stage stage(GetParam().values, GetParam().capacity);
    size_t turn = 0;
    for (const auto &state : initial_states(GetParam().capacity)) {
        for (const Program &a : programs_of_one()) {
            for (const Program &b : programs_of_one()) {
                if (turn++ % one_pair_in != 0) continue;
                both_orders(stage, state, a, b, true);
                both_orders(stage, state, a, b, false);
                if (stage.hopeless()) return;
            }
        }
    }
    EXPECT_GT(stage.conflicts(), 100u / one_in);
}

TEST_P(QueuePairs, TwoOperationsAndOneAndTwo)
{
    Stage stage(GetParam().values, GetParam().capacity);
    const std::vector<Program> twos = programs_of_two(), ones = programs_of_one();
    size_t turn = 0;
    for (const auto &state : initial_states(GetParam().capacity)) {
        for (const Program &a : twos) {
            for (const Program &b : ones) {
                if (turn++ % (7 * one_in) == 0) both_orders(stage, state, a, b, true);
            }
            for (size_t i = turn % 41; i < twos.size(); i += 41 * one_in) both_orders(stage, state, a, twos[i], true);
            if (stage.hopeless()) return;
        }
    }
    EXPECT_GT(stage.conflicts(), 100u / one_in);
}

/* The other one comes before, between and after the operations of a transaction. */
TEST_P(QueuePairs, ACommitAmongTheOperations)
{
    Stage stage(GetParam().values, GetParam().capacity);
    const std::vector<Program> ones = programs_of_one();
    size_t turn = 0;
    for (const auto &state : initial_states(GetParam().capacity)) {
        for (const Program &program : programs_of_two()) {
            for (const Program &other : ones) {
                if (!changes(other[0].verb)) continue;
                for (size_t place = 0; place < 3; ++place) {
                    if (turn++ % (4 * one_in) != 0) continue;
                    stage.set_up(state);
                    stage.begin();
                    stage.begin();
                    for (size_t i = 0; i <= program.size(); ++i) {
                        if (i == place) {
                            stage.run(1, other);
                            stage.commit(1);
                        }
                        if (i < program.size()) stage.run(0, program[i]);
                    }
                    stage.commit_or_run_again(0);
                    stage.finish();
                    if (stage.hopeless()) return;
                }
            }
        }
    }
    EXPECT_GT(stage.conflicts(), 100u / one_in);
}

/* Three transactions, their operations, commits and aborts in random order, on queues that reach over several chunks.
 */
TEST_P(QueuePairs, ThreeInRandomOrder)
{
    std::mt19937_64 random(seed());
    const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
    Stage stage(GetParam().values, GetParam().capacity);
    std::vector<Program> ones = programs_of_one();
    for (const QueueVerb verb : {QueueVerb::pop_any, QueueVerb::pop_any, QueueVerb::pop, QueueVerb::push}) {
        ones.push_back({{verb, 1 + below(3)}});
    }
    for (int schedule = 0; schedule < 8000 / static_cast<int>(one_in); ++schedule) {
        std::vector<Word> state;
        const bool is_long = GetParam().capacity == 0 && below(20) == 0;
        const size_t most = GetParam().capacity == 0 ? 5 : GetParam().capacity + 1;
        for (size_t items = is_long ? 50 + below(100) : below(most); items > 0; --items) state.push_back(1 + below(3));
        stage.set_up(state);
        std::vector<size_t> left;
        for (size_t i = 0; i < 3; ++i) {
            stage.begin(below(3) != 0);
            left.push_back(2 + below(5)); /* the end counted */
        }
        for (size_t open = 3; open > 0;) {
            const size_t who = below(3);
            if (left[who] == 0) continue;
            if (left[who]-- > 1) {
                QueueOp op = ones[below(ones.size())][0];
                if (is_long && op.verb == QueueVerb::pop_up_to) op.n = 1 + below(120);
                stage.run(who, op);
                continue;
            }
            --open;
            if (below(5) == 0) {
                stage.abort(who);
            } else {
                stage.commit(who);
            }
        }
        stage.finish();
        if (stage.hopeless()) return;
    }
    EXPECT_GT(stage.conflicts(), 100u / one_in);
}

INSTANTIATE_TEST_SUITE_P(Queue, QueuePairs,
                         testing::Values(Kind{TRUCE_WORD, 0}, Kind{TRUCE_WORD, 2}, Kind{TRUCE_WORD, 3},
                                         Kind{TRUCE_BYTES, 0}),
                         [](const auto &kind) { return text(kind.param); });

/* ---- the operation table ---- */

TEST(QueueOperationTable, HasARowForEveryOperationPlayedAndNoOther)
{
    std::set<std::string> played;
    for (const Program &program : programs_of_one()) {
        const QueueVerb verb = program[0].verb;
        const truce_operation_ *const row = row_of("queue", name(verb));
        ASSERT_NE(nullptr, row) << name(verb);
        EXPECT_EQ(changes(verb), row->effect != TRUCE_CHANGES_NOTHING_) << name(verb);
        EXPECT_EQ(verb != QueueVerb::push, row->observes != TRUCE_OBSERVES_NOTHING_) << name(verb);
        played.insert(name(verb));
    }
    EXPECT_EQ(played, rows_of("queue"));
}

TEST(QueueOperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    std::set<Kinds> found;
    for (const auto &state : initial_states(0)) {
        for (const Program &other : programs_of_one()) {
            QueueState before;
            for (const Word item : state) before.push_back({before.size(), item});
            QueueState after = before;
            model_play(after, 0, other[0], after.size());
            for (const Program &program : programs_of_one()) {
                QueueState one = before, another = after;
                if (model_play(one, 0, program[0]) == model_play(another, 0, program[0])) continue;
                found.insert(kinds_of("queue", name(program[0].verb), name(other[0].verb)));
            }
        }
    }
    expect_conflicts("queue", found);
}

/* ---- schedules written out ---- */

int64_t pop(truce_tx *tx, truce_queue *queue)
{
    truce_item item;
    const truce_status status = truce_queue_pop(tx, queue, &item);
    return status == TRUCE_OK ? truce_as_signed(item) : -status;
}

int64_t pop_any(truce_tx *tx, truce_queue *queue)
{
    truce_item item;
    const truce_status status = truce_queue_pop_any(tx, queue, &item);
    return status == TRUCE_OK ? truce_as_signed(item) : -status;
}

truce_status push(truce_tx *tx, truce_queue *queue, uint64_t value)
{
    return truce_queue_push(tx, queue, truce_word(value));
}

constexpr int64_t empty = -TRUCE_EMPTY, claimed = -TRUCE_CLAIMED;

TEST(QueueSchedules, NoFalseEmpty)
{
    Queue queue;
    Dict dict;
    for (const bool aborts : {true, false}) {
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 7));
        Tx t1, t2;
        EXPECT_EQ(7, pop(t1, queue));
        EXPECT_EQ(7, pop(t2, queue)) << "what t1 did is tentative";
        ASSERT_EQ(TRUCE_OK, truce_dict_set(t2, dict, truce_word(1), truce_word(1)));
        if (aborts) {
            EXPECT_EQ(TRUCE_OK, truce_commit(t2));
            EXPECT_EQ(TRUCE_OK, truce_abort(t1));
        } else {
            EXPECT_EQ(TRUCE_OK, truce_commit(t1));
            EXPECT_EQ(TRUCE_CONFLICT, truce_commit(t2));
        }
        EXPECT_EQ(empty, pop(TRUCE_ALONE, queue));
    }
}

TEST(QueueSchedules, WhoSawEmptyAndCommitsHadSeenItCommitted)
{
    Queue queue;
    Dict dict;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 7));
    Tx t1, t2, t3;
    EXPECT_EQ(7, pop(t1, queue));
    bool yes = true;
    ASSERT_EQ(TRUCE_OK, truce_queue_is_empty(t2, queue, &yes));
    EXPECT_FALSE(yes);
    ASSERT_EQ(TRUCE_OK, truce_dict_set(t2, dict, truce_word(1), truce_word(1)));
    EXPECT_EQ(TRUCE_OK, truce_commit(t2));
    EXPECT_EQ(TRUCE_OK, truce_abort(t1));
    EXPECT_EQ(7, pop(t3, queue));
    EXPECT_EQ(TRUCE_OK, truce_commit(t3));
}

TEST(QueueSchedules, NoFalseFull)
{
    Queue queue(queue_options(TRUCE_WORD, 2));
    Tx t1, t2, t3;
    EXPECT_EQ(TRUCE_OK, push(t1, queue, 1));
    EXPECT_EQ(TRUCE_OK, push(t1, queue, 2));
    EXPECT_EQ(TRUCE_FULL, push(t1, queue, 3)) << "of its own";
    EXPECT_EQ(TRUCE_OK, push(t2, queue, 4)) << "what t1 did is tentative";
    EXPECT_EQ(TRUCE_OK, push(t3, queue, 5));
    EXPECT_EQ(TRUCE_OK, truce_commit(t2));
    EXPECT_EQ(TRUCE_OK, truce_commit(t3)) << "there is still room for it";
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(t1));
    EXPECT_EQ((std::vector<Word>{4, 5}), content(queue, TRUCE_WORD));
}

TEST(QueueSchedules, APopThatIsTentativeMakesNoRoom)
{
    Queue queue(queue_options(TRUCE_WORD, 1));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    Tx t1, t2;
    EXPECT_EQ(1, pop(t1, queue));
    EXPECT_EQ(TRUCE_OK, push(t1, queue, 2)) << "its own pop made room";
    EXPECT_EQ(TRUCE_FULL, push(t2, queue, 3));
    EXPECT_EQ(TRUCE_OK, truce_commit(t1));
    EXPECT_EQ(TRUCE_OK, truce_commit(t2));
    EXPECT_EQ((std::vector<Word>{2}), content(queue, TRUCE_WORD));
}

TEST(QueueSchedules, PushesAndPopsOfAQueueThatIsNotEmptyDontMeet)
{
    Queue queue;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 2));
    Tx popper, pusher, other;
    EXPECT_EQ(1, pop(popper, queue));
    EXPECT_EQ(TRUCE_OK, push(pusher, queue, 3));
    EXPECT_EQ(TRUCE_OK, push(other, queue, 4));
    EXPECT_EQ(TRUCE_OK, truce_commit(pusher));
    EXPECT_EQ(2, pop(popper, queue));
    EXPECT_EQ(TRUCE_OK, truce_commit(other));
    EXPECT_EQ(TRUCE_OK, truce_commit(popper));
    EXPECT_EQ((std::vector<Word>{3, 4}), content(queue, TRUCE_WORD));
}

TEST(QueueSchedules, ClaimsExcludeOnlyOtherClaims)
{
    Queue queue;
    Dict dict;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 2));
    Tx a, b, c, reader;
    EXPECT_EQ(1, pop_any(a, queue));
    EXPECT_EQ(2, pop_any(b, queue));
    EXPECT_EQ(claimed, pop_any(c, queue));
    EXPECT_EQ(claimed, pop_any(TRUCE_ALONE, queue));
    size_t count = 0;
    ASSERT_EQ(TRUCE_OK, truce_queue_len(reader, queue, &count));
    EXPECT_EQ(2u, count);
    truce_item item;
    ASSERT_EQ(TRUCE_OK, truce_queue_peek(reader, queue, &item));
    EXPECT_EQ(1u, item.word);
    ASSERT_EQ(TRUCE_OK, truce_dict_set(c, dict, truce_word(1), truce_word(1)));
    EXPECT_EQ(TRUCE_OK, truce_commit(b));
    EXPECT_EQ(TRUCE_OK, truce_commit(a));
    EXPECT_EQ(TRUCE_OK, truce_commit(c)) << "CLAIMED observes nothing";
    EXPECT_EQ(empty, pop_any(TRUCE_ALONE, queue));
}

TEST(QueueSchedules, AClaimedItemTakenByAPop)
{
    Queue queue;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    Tx claimer;
    EXPECT_EQ(1, pop_any(claimer, queue));
    EXPECT_EQ(1, pop(TRUCE_ALONE, queue));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(claimer)) << "an equal one is another one";
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(claimer, &conflict));
    EXPECT_STREQ("pop_any", conflict.operation);
    EXPECT_EQ(1u, conflict.seen.word);
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), conflict.now.kind);
    EXPECT_EQ(1, pop_any(TRUCE_ALONE, queue));
}

TEST(QueueSchedules, AClaimIsGivenBackInItsPlace)
{
    Queue queue;
    for (uint64_t i = 1; i <= 3; ++i) ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, i));
    {
        Tx a, b;
        EXPECT_EQ(1, pop_any(a, queue));
        EXPECT_EQ(2, pop_any(b, queue));
        EXPECT_EQ(3, pop_any(a, queue));
        EXPECT_EQ(TRUCE_OK, truce_abort(a));
        EXPECT_EQ(1, pop_any(b, queue));
        EXPECT_EQ(3, pop_any(b, queue));
    } /* b is ended */
    EXPECT_EQ((std::vector<Word>{1, 2, 3}), content(queue, TRUCE_WORD));
    for (int64_t i = 1; i <= 3; ++i) EXPECT_EQ(i, pop_any(TRUCE_ALONE, queue));
}

TEST(QueueSchedules, AClaimOfAThreadThatEndedIsGivenBack)
{
    Queue queue;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    std::thread([&] {
        truce_tx *tx = nullptr;
        EXPECT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
        EXPECT_EQ(1, pop_any(tx, queue));
    }).join();
    EXPECT_EQ(1, pop_any(TRUCE_ALONE, queue));
}

TEST(QueueSchedules, OwnItemsAreTakenLast)
{
    Queue queue;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    Tx tx, other;
    EXPECT_EQ(TRUCE_OK, push(tx, queue, 8));
    EXPECT_EQ(TRUCE_OK, push(tx, queue, 9));
    EXPECT_EQ(1, pop_any(tx, queue));
    EXPECT_EQ(8, pop_any(tx, queue));
    EXPECT_EQ(claimed, pop_any(other, queue));
    EXPECT_EQ(9, pop(tx, queue));
    EXPECT_EQ(empty, pop_any(tx, queue));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(empty, pop(TRUCE_ALONE, queue));
}

/* A pop took a committed item; when that is gone, an equal own one is as good, as long as no other is committed. */
TEST(QueueSchedules, AnAnswerThatComesToRestOnOwnWork)
{
    for (const unsigned way : {0u, 1u, 2u, 3u}) {
        const bool pushed = way % 2 == 1;
        Queue queue;
        Dict dict;
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 8));
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 9));
        EXPECT_EQ(8, pop(TRUCE_ALONE, queue)) << "from here on the head knows of 9";
        Tx tx;
        EXPECT_EQ(TRUCE_OK, push(tx, queue, 9));
        truce_item item;
        size_t count = 0;
        ASSERT_EQ(TRUCE_OK,
                  way < 2 ? truce_queue_pop(tx, queue, &item) : truce_queue_pop_up_to(tx, queue, &item, 1, &count));
        EXPECT_EQ(9u, item.word);
        {
            Tx other;
            EXPECT_EQ(9, pop(other, queue));
            ASSERT_EQ(TRUCE_OK, truce_dict_set(other, dict, truce_word(1), truce_word(1)));
            ASSERT_EQ(TRUCE_OK, truce_commit(other));
        }
        EXPECT_EQ(1, held(dict, 1));
        ASSERT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_word(1), &item)) << "the snapshot moves forward";
        if (pushed) {
            ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 7));
        }
        EXPECT_EQ(pushed ? TRUCE_CONFLICT : TRUCE_OK, truce_commit(tx));
        EXPECT_EQ(pushed ? std::vector<Word>{7} : std::vector<Word>{}, content(queue, TRUCE_WORD));
    }
}

/* The own item that pop_any took is the one that an earlier pop comes to rest on, once its own is gone: then there is
 * none left for pop_any. */
TEST(QueueSchedules, AnOwnItemThatAnEarlierPopMayNeed)
{
    for (const bool taken : {false, true}) {
        Queue queue;
        Dict dict;
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 9));
        Tx tx;
        EXPECT_EQ(TRUCE_OK, push(tx, queue, 9));
        EXPECT_EQ(9, pop(tx, queue));
        EXPECT_EQ(9, pop_any(tx, queue)) << "its own";
        ASSERT_EQ(TRUCE_OK, truce_dict_add(tx, dict, truce_word(1), 1));
        if (taken) {
            EXPECT_EQ(9, pop(TRUCE_ALONE, queue));
        }
        ASSERT_EQ(taken ? TRUCE_CONFLICT : TRUCE_OK, truce_commit(tx));
        EXPECT_TRUE(content(queue, TRUCE_WORD).empty());
        if (!taken) continue;
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
        EXPECT_STREQ("pop_any", conflict.operation);
    }
}

/* An item that nobody gives back does not keep what came after it, and the others find theirs. */
TEST(QueueSchedules, ALongClaimAndManyOthers)
{
    Queue queue;
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 1));
    Tx claimer;
    EXPECT_EQ(1, pop_any(claimer, queue));
    for (uint64_t i = 2; i < 3000; ++i) {
        ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, i));
        ASSERT_EQ(static_cast<int64_t>(i), pop_any(TRUCE_ALONE, queue));
    }
    size_t count = 0;
    ASSERT_EQ(TRUCE_OK, truce_queue_len(TRUCE_ALONE, queue, &count));
    EXPECT_EQ(1u, count);
    EXPECT_EQ(claimed, pop_any(TRUCE_ALONE, queue));
    ASSERT_EQ(TRUCE_OK, push(TRUCE_ALONE, queue, 3000));
    EXPECT_EQ((std::vector<Word>{1, 3000}), content(queue, TRUCE_WORD));
    EXPECT_EQ(TRUCE_OK, truce_commit(claimer));
    EXPECT_EQ(3000, pop(TRUCE_ALONE, queue));
    EXPECT_EQ(empty, pop(TRUCE_ALONE, queue));
}

} // namespace
