/* A counter and a var with two transactions open on them in one thread: every pair of operations, and of short
 * programs, in both commit orders. Verdicts are computed by replaying on plain values what a transaction was told: it
 * must conflict if one of its answers would be another now, and must commit if none would. */
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "commute/operation_rows.h"
#include "support/counter_var.h"
#include "support/handles.h"
#include "support/items.h"
#include "support/stripes.h"

using namespace truce_test;

namespace {

using Program = std::vector<Request>;

struct Setting {
    const char *name;
    uint32_t values; /* of the var */
    bool releases;
    bool striped;
};

void PrintTo(const Setting &setting, std::ostream *out)
{
    *out << setting.name;
}

constexpr int64_t least = INT64_MIN, most = INT64_MAX;

void release_nothing(void *, void *) {}

/* One operation a transaction took, and what it was told. */
struct Taken {
    Request request;
    Reply told;
};

/* The answers that would be others, had the committed values been `plain`: their places, and what they would be. */
std::vector<std::pair<size_t, Reply>> falsified(const std::vector<Taken> &steps, Plain plain)
{
    std::vector<std::pair<size_t, Reply>> changed;
    for (size_t i = 0; i < steps.size(); i++) {
        const Reply now = reply(plain, steps[i].request);
        if (now != steps[i].told) changed.emplace_back(i, now);
        change(plain, steps[i].request, steps[i].told);
    }
    return changed;
}

class Stage {
  public:
    explicit Stage(const Setting &setting) : setting_(setting), counter_(0, "the counter"), var_(make_var())
    {
        if (setting.striped) truce_test_spread(counter_);
    }

    ~Stage() { printf("[ SCHEDULES ] %s: %zu commits, %zu conflicts\n", setting_.name, commits_, conflicts_); }

    /* Two transactions; what is committed is `plain`. */
    void set_up(const Plain &plain)
    {
        for (Player &player : players_) player = Player();
        log_.str("");
        log_ << setting_.name << ", from " << static_cast<int64_t>(plain.sum) << ", " << plain.value;
        const int64_t more = static_cast<int64_t>(plain.sum - static_cast<uint64_t>(sum_of(counter_)));
        EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter_, more));
        std::string bytes;
        EXPECT_EQ(TRUCE_OK, truce_var_set(TRUCE_ALONE, var_, encode(plain.value, setting_.values, bytes)));
        before_ = committed_ = plain;
    }

    void run(size_t who, const Request &request)
    {
        Player &player = players_[who];
        Reply told;
        const truce_status status = ask(player.tx, asked(), request, &told);
        log_ << "\n  T" << who << ' ' << text(request) << " = " << truce_status_name(status) << ' ' << text(told);
        if (player.lost) return expect(status == TRUCE_CONFLICT, "a failure is final");
        if (status == TRUCE_CONFLICT) return lose(player);
        expect(status == TRUCE_OK, "an operation answers OK");
        player.steps.push_back({request, told});
        const bool consistent = falsified(player.steps, committed_).empty() || falsified(player.steps, before_).empty();
        expect(consistent, "what was told is of one state");
    }

    void run(size_t who, const Program &program)
    {
        for (const Request &request : program) run(who, request);
    }

    /* An anchored transaction also changes what concerns nobody, so that its observations are checked. */
    void commit(size_t who, bool anchored = true)
    {
        Player &player = players_[who];
        if (anchored && !player.lost) expect(truce_counter_add(player.tx, side_, 1) == TRUCE_OK, "the anchor holds");
        const truce_status status = truce_commit(player.tx);
        log_ << "\n  T" << who << " commit = " << truce_status_name(status);
        if (player.lost) return expect(status == TRUCE_CONFLICT, "a failure is final");
        if (status == TRUCE_CONFLICT) return lose(player);
        expect(status == TRUCE_OK, "it commits");
        expect(!anchored || falsified(player.steps, committed_).empty(), "no conflict is missed");
        commits_++;
        before_ = committed_;
        for (const Taken &step : player.steps) change(committed_, step.request, step.told);
    }

    /* Who lost runs again, and commits. */
    void finish(const Program &program, size_t who)
    {
        Player &player = players_[who];
        if (player.lost) {
            player.lost = false;
            player.steps.clear();
            expect(truce_again(player.tx) == TRUCE_OK, "another attempt");
            run(who, program);
            commit(who);
            expect(!player.lost, "alone, there is no conflict");
        }
        expect(static_cast<uint64_t>(sum_of(counter_)) == committed_.sum, "the sum");
        Player reader;
        Reply value;
        expect(ask(reader.tx, asked(), Request{Call::var_get}, &value) == TRUCE_OK, "a get");
        expect(value == committed_.value, "the value");
    }

    bool hopeless() const { return failures_ > 5; }
    size_t conflicts() const { return conflicts_; }

  private:
    struct Player {
        Tx tx;
        bool lost = false;
        std::vector<Taken> steps;
    };

    Var make_var() const
    {
        std::string bytes;
        truce_var_options options = var_options(setting_.values, encode(0, setting_.values, bytes), "the var");
        if (setting_.releases) options.release = release_nothing;
        return Var(options);
    }

    Asked asked() const { return {counter_, var_, setting_.values}; }

    void lose(Player &player)
    {
        player.lost = true;
        conflicts_++;
        const auto changed = falsified(player.steps, committed_);
        expect(!changed.empty(), "no false conflict");
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        expect(truce_explain(player.tx, &conflict) == TRUCE_OK, "it is explained");
        for (const auto &[place, now] : changed) {
            if (explains(conflict, player.steps[place], now)) return;
        }
        char sentence[300];
        truce_conflict_text(&conflict, sentence, sizeof sentence);
        if (!changed.empty()) expect(false, sentence);
    }

    bool explains(const truce_conflict &conflict, const Taken &step, const Reply &now) const
    {
        const bool var = is_var(step.request.call);
        const void *const object =
            var ? static_cast<const void *>(static_cast<truce_var *>(var_)) : static_cast<truce_counter *>(counter_);
        const uint32_t kind = var ? setting_.values : static_cast<uint32_t>(TRUCE_WORD);
        return conflict.object == object && conflict.object_name == std::string(var ? "the var" : "the counter") &&
               conflict.object_kind == std::string(var ? "var" : "counter") && conflict.key.kind == TRUCE_NONE &&
               conflict.operation == std::string(name(step.request.call)) && decode(conflict.seen, kind) == step.told &&
               decode(conflict.now, kind) == now;
    }

    void expect(bool holds, const char *what)
    {
        if (holds || ++failures_ > 5) return;
        ADD_FAILURE() << what << ": " << log_.str();
    }

    const Setting setting_;
    Counter counter_, side_;
    Var var_;
    std::array<Player, 2> players_;
    Plain before_, committed_; /* the last two states */
    std::ostringstream log_;
    size_t commits_ = 0, conflicts_ = 0, failures_ = 0;
};

std::vector<Plain> states()
{
    return {{0, 5}, {5, 0}, {static_cast<uint64_t>(least), 5}, {static_cast<uint64_t>(most), 9}};
}

std::vector<Request> on_the_counter()
{
    return {
        {Call::add, 0},           {Call::add, 1},
        {Call::add, -1},          {Call::add, -5},
        {Call::add, most},        {Call::get},
        {Call::at_least, 1},      {Call::at_least, 5},
        {Call::at_least, least},  {Call::at_least, most},
        {Call::try_add, -1, 0, most},  {Call::try_add, -4, 0, most},
        {Call::try_add, 1, least, 5},  {Call::try_add, 1, least, most},
        {Call::try_add, 0, 5, 5}, {Call::try_add, 0, least, most},
        {Call::try_add, 1, 3, 2}, {Call::try_add, most, 0, 4},
    };
}

std::vector<Request> on_the_var(const Setting &setting)
{
    std::vector<Request> requests = {
        {Call::var_get},    {Call::var_copy},    {Call::var_set, 5},
        {Call::var_set, 9}, {Call::var_swap, 5}, {Call::var_swap, 9},
    };
    if (setting.values == TRUCE_WORD && !setting.releases) {
        requests.push_back({Call::var_add, 0});
        requests.push_back({Call::var_add, 4});
    }
    return requests;
}

std::vector<Request> all_requests(const Setting &setting)
{
    std::vector<Request> all = on_the_counter();
    for (const Request &request : on_the_var(setting)) all.push_back(request);
    return all;
}

/* Every operation, and every pair of them. */
std::vector<Program> programs(const Setting &setting)
{
    std::vector<Program> all;
    for (const Request &first : all_requests(setting)) {
        all.push_back({first});
        for (const Request &second : all_requests(setting)) all.push_back({first, second});
    }
    return all;
}

/* What somebody else does meanwhile: what changes something, and what changes several things or, in the end,
 * nothing. */
std::vector<Program> disturbances(const Setting &setting)
{
    std::vector<Program> all;
    for (const Request &request : all_requests(setting)) {
        if (may_change(request.call)) all.push_back({request});
    }
    all.push_back({{Call::add, 1}, {Call::add, -1}});
    all.push_back({{Call::add, 3}, {Call::get}});
    all.push_back({{Call::try_add, -1, 0, most}, {Call::try_add, -1, 0, most}});
    all.push_back({{Call::add, 1}, {Call::var_set, 5}});
    all.push_back({{Call::var_set, 9}, {Call::var_set, 5}});
    all.push_back({{Call::var_swap, 9}, {Call::var_swap, 5}});
    return all;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t one_in = 11;
#else
constexpr size_t one_in = 1;
#endif

class CounterVarPairs : public testing::TestWithParam<Setting> {
  protected:
    template <class Schedule> void for_all_pairs(Schedule schedule)
    {
        Stage stage(GetParam());
        size_t turn = 0;
        for (const Plain &plain : states()) {
            for (const Program &a : programs(GetParam())) {
                for (const Program &b : disturbances(GetParam())) {
                    if (turn++ % one_in != 0) continue;
                    stage.set_up(plain);
                    schedule(stage, a, b);
                    stage.finish(a, 0);
                    if (stage.hopeless()) return;
                }
            }
        }
        EXPECT_GT(stage.conflicts(), 100u / one_in);
    }
};

TEST_P(CounterVarPairs, TheOtherCommitsFirst)
{
    for_all_pairs([](Stage &stage, const Program &a, const Program &b) {
        stage.run(0, a);
        stage.run(1, b);
        stage.commit(1);
        stage.commit(0);
    });
}

TEST_P(CounterVarPairs, TheOtherCommitsInBetween)
{
    for_all_pairs([](Stage &stage, const Program &a, const Program &b) {
        stage.run(0, a[0]);
        stage.run(1, b);
        stage.commit(1);
        if (a.size() > 1) stage.run(0, a[1]);
        stage.commit(0);
    });
}

TEST_P(CounterVarPairs, TheOtherCommitsLast)
{
    Stage stage(GetParam());
    size_t turn = 0;
    for (const Plain &plain : states()) {
        for (const Program &a : programs(GetParam())) {
            for (const Program &b : disturbances(GetParam())) {
                if (turn++ % one_in != 0) continue;
                stage.set_up(plain);
                stage.run(0, a);
                stage.run(1, b);
                stage.commit(0);
                stage.commit(1);
                stage.finish(b, 1);
                if (stage.hopeless()) return;
            }
        }
    }
    EXPECT_GT(stage.conflicts(), 0u);
}

TEST_P(CounterVarPairs, ReadersCommitWhateverCommitsMeanwhile)
{
    Stage stage(GetParam());
    size_t turn = 0;
    for (const Plain &plain : states()) {
        for (const Request &first : all_requests(GetParam())) {
            for (const Request &second : all_requests(GetParam())) {
                if (may_change(first.call) || may_change(second.call)) continue;
                for (const Program &b : disturbances(GetParam())) {
                    if (turn++ % one_in != 0) continue;
                    stage.set_up(plain);
                    stage.run(0, Program{first, second});
                    stage.run(1, b);
                    stage.commit(1);
                    stage.commit(0, false);
                    stage.finish({}, 0);
                    if (stage.hopeless()) return;
                }
            }
        }
    }
    EXPECT_EQ(0u, stage.conflicts());
}

/* The stripes appear while a transaction is open that has seen the sum: that changes no answer. With `moves_on` it
 * looks at its observations anew before somebody adds to a stripe. */
void expect_spread_disturbs_nobody(const Program &program, int64_t more, bool moves_on)
{
    const Counter counter(5), side;
    const Var var, newer;
    std::vector<Taken> steps;
    Tx tx;
    for (const Request &request : program) {
        Reply told;
        ASSERT_EQ(TRUCE_OK, ask(tx, {counter, var, TRUCE_WORD}, request, &told));
        steps.push_back({request, told});
    }
    truce_test_spread(counter);
    ASSERT_TRUE(truce_test_has_stripes(counter));
    ASSERT_EQ(TRUCE_OK, truce_var_set(TRUCE_ALONE, newer, truce_word(1)));
    truce_item value;
    if (moves_on) {
        ASSERT_EQ(TRUCE_OK, truce_var_get(tx, newer, &value));
    }
    ASSERT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter, more));
    const bool stands = falsified(steps, {5 + static_cast<uint64_t>(more), 0}).empty();
    ASSERT_EQ(TRUCE_OK, truce_counter_add(tx, side, 1));
    ASSERT_EQ(stands ? TRUCE_OK : TRUCE_CONFLICT, truce_commit(tx)) << text(program[0]) << ", then " << more;
}

TEST(CounterSpread, DisturbsNobody)
{
    size_t turn = 0;
    for (const Program &program : programs({"", TRUCE_WORD, false, false})) {
        if (turn++ % one_in != 0) continue;
        for (const int64_t more : {0, 1, -1}) {
            expect_spread_disturbs_nobody(program, more, false);
            expect_spread_disturbs_nobody(program, more, true);
            if (testing::Test::HasFailure()) return;
        }
    }
}

constexpr Setting settings[] = {
    {"word", TRUCE_WORD, false, false},
    {"word_and_stripes", TRUCE_WORD, false, true},
    {"owned_word", TRUCE_WORD, true, false},
    {"bytes", TRUCE_BYTES, false, false},
};

INSTANTIATE_TEST_SUITE_P(With, CounterVarPairs, testing::ValuesIn(settings),
                         [](const auto &setting) { return std::string(setting.param.name); });

/* ---- the operation table ---- */

const char *collection_of(const Request &request)
{
    return is_var(request.call) ? "var" : "counter";
}

TEST(CounterVarOperationTable, HasARowForEveryOperationPlayedAndNoOther)
{
    std::set<std::string> played[2];
    for (const Request &request : all_requests(settings[0])) {
        const truce_operation_ *const row = row_of(collection_of(request), name(request.call));
        ASSERT_NE(nullptr, row) << text(request);
        EXPECT_EQ(may_change(request.call), row->effect != TRUCE_CHANGES_NOTHING_) << text(request);
        EXPECT_EQ(reply({}, request).has_value(), row->observes != TRUCE_OBSERVES_NOTHING_) << text(request);
        played[is_var(request.call)].insert(name(request.call));
    }
    EXPECT_EQ(played[0], rows_of("counter"));
    EXPECT_EQ(played[1], rows_of("var"));
}

TEST(CounterVarOperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    std::set<Kinds> found[2];
    for (const Plain &before : states()) {
        for (const Request &other : all_requests(settings[0])) {
            Plain after = before;
            change(after, other, reply(before, other));
            for (const Request &request : all_requests(settings[0])) {
                if (reply(before, request) == reply(after, request)) continue;
                ASSERT_EQ(is_var(other.call), is_var(request.call));
                found[is_var(request.call)].insert(
                    kinds_of(collection_of(request), name(request.call), name(other.call)));
            }
        }
    }
    expect_conflicts("counter", found[0]);
    expect_conflicts("var", found[1]);
}

} // namespace
