#include "commute/stage.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "support/collide.h"
#include "support/play.h"

namespace truce_test {

namespace {

constexpr char dict_name[] = "the dict of the schedules";
constexpr uint64_t anchor = 1;

bool hands_out_entries(Verb verb)
{
    return verb >= Verb::each && verb <= Verb::each_key_some;
}

/* The entry of a key among what was handed out. Of a key without its value a conflict says 1. */
std::optional<Word> entry_of(const Answer &told, Word key)
{
    const auto found = told.entries.find(key);
    if (found == told.entries.end()) return std::nullopt;
    return found->second.value_or(1);
}

/* What a conflict says was seen, or is there now, had the operation answered `told`. */
std::optional<Word> observed(const Op &op, const Answer &told, Word key)
{
    if (op.verb == Verb::get_many) return told.entries.at(key);
    if (hands_out_entries(op.verb)) return entry_of(told, key);
    if (is_yes_or_no(op.verb)) return told.flag;
    if (op.verb == Verb::get_or_set && !told.flag) return std::nullopt;
    return told.value;
}

uint32_t observed_kind(const Op &op, const Flavor &flavor)
{
    const bool is_word =
        is_yes_or_no(op.verb) || op.verb == Verb::len || op.verb == Verb::each_key || op.verb == Verb::each_key_some;
    return is_word ? static_cast<uint32_t>(TRUCE_WORD) : flavor.values;
}

/* What is asked to learn what `op` observed: a visitor that stopped is not handed the same entries again. */
Op asked_again(const Op &op)
{
    if (op.verb == Verb::each_some) return {Verb::each};
    if (op.verb == Verb::each_key_some) return {Verb::each_key};
    return op;
}

} // namespace

Stage::Stage(const Flavor &flavor) : flavor_(flavor)
{
    renew();
}

Stage::~Stage()
{
    players_.clear();
    EXPECT_EQ(anchored_commits_ > 0 ? static_cast<int64_t>(anchored_commits_) : -1, held(side_, anchor));
    EXPECT_EQ(0u, counts_.false_conflicts);
    EXPECT_EQ(0u, counts_.missed_conflicts);
    const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf(
        "[ SCHEDULES ] %s: %llu schedules, %llu commits, %llu conflicts (%llu asked again), false %llu, missed %llu\n",
        text(flavor_).c_str(), number(counts_.schedules), number(counts_.commits), number(counts_.conflicts),
        number(counts_.asked_again), number(counts_.false_conflicts), number(counts_.missed_conflicts));
}

void Stage::renew()
{
    dict_ = Dict(flavor_.keys, flavor_.values, dict_name);
    if (flavor_.collide) truce_test_collide(dict_);
    history_.assign(1, State());
    spoiled_ = false;
}

void Stage::set_up(const State &state, bool renewed)
{
    players_.clear();
    events_.clear();
    ++counts_.schedules;
    if (renewed || spoiled_) renew();
    const State before = history_.back();
    for (const auto &[key, value] : before) {
        if (state.count(key) == 0) play(TRUCE_ALONE, dict_, flavor_, Op{Verb::remove_blind, key});
    }
    for (const auto &[key, value] : state) {
        const auto old = before.find(key);
        if (old == before.end() || old->second != value) play(TRUCE_ALONE, dict_, flavor_, Op{Verb::set, key, value});
    }
    history_.assign(1, state);
}

size_t Stage::begin(bool anchored)
{
    players_.push_back({Tx(), anchored, false, history_.size() - 1, {}, {}, {}});
    return players_.size() - 1;
}

void Stage::run(size_t who, const Program &program)
{
    for (const Op &op : program) run(who, op);
}

void Stage::run(size_t who, const Op &op)
{
    Player &player = players_[who];
    player.program.push_back(op);
    attempt(player, who, op);
}

void Stage::attempt(Player &player, size_t who, const Op &op)
{
    Answer told = play(player.tx, dict_, flavor_, op);
    events_.push_back({who, nullptr, op, told.status});
    if (player.lost) {
        if (told.status != TRUCE_CONFLICT) fail("a failure isn't final");
        return;
    }
    if (told.status == TRUCE_CONFLICT) return lose(who);
    const bool doomed = !falsified(player, history_.back()).empty();
    player.steps.push_back({op, std::move(told), player.own.size()});
    if (doomed ? !was_consistent(player) : !falsified(player, history_.back()).empty()) {
        fail("wrong answer: " + text(player.steps.back().told));
    }
    if (const auto changed = effect(op, player.steps.back().told)) player.own.push_back(*changed);
}

/* The committed state with what the transaction itself had done when it took this step. */
State Stage::seen_at(const Player &player, const Step &step, const State &committed) const
{
    State state = committed;
    for (size_t i = 0; i < step.own_before; ++i) change(state, player.own[i]);
    return state;
}

/* The steps whose answer would be another one, had this been the committed state. */
std::vector<size_t> Stage::falsified(const Player &player, const State &committed) const
{
    std::vector<size_t> changed;
    State state = committed;
    size_t applied = 0;
    for (size_t i = 0; i < player.steps.size(); ++i) {
        const Step &step = player.steps[i];
        for (; applied < step.own_before; ++applied) change(state, player.own[applied]);
        if (!holds(state, step.op, step.told)) changed.push_back(i);
    }
    return changed;
}

/* A transaction that can't commit any more still sees one state that was committed while it ran. */
bool Stage::was_consistent(const Player &player) const
{
    return std::any_of(history_.begin() + static_cast<ptrdiff_t>(player.born), history_.end(),
                       [&](const State &state) { return falsified(player, state).empty(); });
}

bool Stage::commit(size_t who)
{
    Player &player = players_[who];
    if (player.anchored) {
        const truce_status status = truce_dict_add(player.tx, side_, truce_word(anchor), 1);
        if (status != (player.lost ? TRUCE_CONFLICT : TRUCE_OK)) fail("the anchor failed");
    }
    const truce_status status = truce_commit(player.tx);
    events_.push_back({who, "commit", {}, status});
    if (player.lost) {
        if (status != TRUCE_CONFLICT) fail("a failure isn't final");
        return false;
    }
    if (status == TRUCE_CONFLICT) {
        lose(who);
        return false;
    }
    if (status != TRUCE_OK) fail("commit failed");
    ++counts_.commits;
    const bool writes = player.anchored || !player.own.empty();
    if (writes && !falsified(player, history_.back()).empty()) {
        ++counts_.missed_conflicts;
        fail("a conflict was missed");
    }
    if (player.anchored) {
        ++anchored_commits_;
        check_commit_number(player.tx);
    }
    State state = history_.back();
    for (const Op &own : player.own) change(state, own);
    history_.push_back(std::move(state));
    return true;
}

void Stage::commit_or_run_again(size_t who)
{
    if (commit(who)) return;
    Player &player = players_[who];
    const truce_status again = truce_again(player.tx);
    events_.push_back({who, "again", {}, again});
    player.lost = false;
    player.born = history_.size() - 1;
    player.steps.clear();
    player.own.clear();
    for (const Op &op : player.program) attempt(player, who, op);
    if (!commit(who)) fail("alone, and yet a conflict");
}

void Stage::check_commit_number(truce_tx *tx)
{
    const uint64_t number = truce_commit_number(tx);
    const bool own_number = truce_clock() == TRUCE_CLOCK_COUNTER;
    if (number == 0 || number < last_number_ || (own_number && number == last_number_)) fail("commit number");
    last_number_ = number;
}

void Stage::lose(size_t who)
{
    Player &player = players_[who];
    player.lost = true;
    ++counts_.conflicts;
    const auto changed = falsified(player, history_.back());
    if (changed.empty()) {
        ++counts_.false_conflicts;
        fail("a false conflict");
        return;
    }
    check_explanation(player, changed);
}

void Stage::check_explanation(const Player &player, const std::vector<size_t> &changed)
{
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    if (truce_explain(player.tx, &conflict) != TRUCE_OK) return fail("no explanation");
    for (const size_t i : changed) {
        const Step &step = player.steps[i];
        if (explains(conflict, step, seen_at(player, step, history_.back()))) {
            return ask_again(player, step, conflict);
        }
    }
    char sentence[500];
    truce_conflict_text(&conflict, sentence, sizeof sentence);
    fail(std::string("explained as: ") + sentence);
}

bool Stage::explains(const truce_conflict &conflict, const Step &step, const State &now) const
{
    if (conflict.object != static_cast<const truce_dict *>(dict_) || strcmp(conflict.object_name, dict_name) != 0 ||
        strcmp(conflict.object_kind, "dict") != 0 || strcmp(conflict.operation, name(step.op.verb)) != 0) {
        return false;
    }
    const auto key = decode(conflict.key, flavor_.keys);
    if (hands_out_entries(step.op.verb) ? !key : has_key(step.op.verb) != key.has_value()) return false;
    if (has_key(step.op.verb) && key != step.op.key && !(step.op.verb == Verb::get_many && key == step.op.other)) {
        return false;
    }
    const uint32_t kind = observed_kind(step.op, flavor_);
    const auto seen = observed(step.op, step.told, key.value_or(0));
    const auto found = observed(step.op, answer(now, asked_again(step.op)), key.value_or(0));
    return seen != found && decode(conflict.seen, kind) == seen && decode(conflict.now, kind) == found;
}

/* Somebody else does what the transaction had done before, asks the same, and must be told something else. */
void Stage::ask_again(const Player &player, const Step &step, const truce_conflict &conflict)
{
    ++counts_.asked_again;
    Tx tx;
    for (size_t i = 0; i < step.own_before; ++i) play(tx, dict_, flavor_, player.own[i]);
    const Op op = asked_again(step.op);
    const Word key = decode(conflict.key, flavor_.keys).value_or(0);
    const auto told = observed(op, play(tx, dict_, flavor_, op), key);
    if (told != decode(conflict.seen, observed_kind(op, flavor_))) return;
    ++counts_.false_conflicts;
    fail("asked again, the falsified observation still stands");
}

void Stage::grow(size_t keys, bool stay)
{
    events_.push_back(
        {players_.size(), stay ? "makes the dict grow" : "makes the dict grow and empties it", {}, TRUCE_OK});
    State state = history_.back();
    const Word first = next_filler_;
    next_filler_ += keys;
    for (Word key = first; key < next_filler_; ++key) {
        const Op set{Verb::set, key, key};
        if (play(TRUCE_ALONE, dict_, flavor_, set).status != TRUCE_OK) fail("growing failed");
        if (stay) change(state, set);
    }
    for (Word key = first; key < next_filler_ && !stay; ++key) {
        if (play(TRUCE_ALONE, dict_, flavor_, {Verb::remove_blind, key}).status != TRUCE_OK) fail("emptying failed");
    }
    history_.push_back(std::move(state));
}

void Stage::finish()
{
    const State &expected = history_.back();
    const State found = content(dict_, flavor_);
    if (found != expected) fail("the dict holds " + text(found) + " instead of " + text(expected));
    if (length(dict_) != expected.size()) fail("wrong length " + std::to_string(length(dict_)));
    if (testing::Test::HasFailure() && failures_ == 0) fail("an output was wrong");
}

void Stage::fail(const std::string &what)
{
    spoiled_ = true;
    if (++failures_ > 10) return;
    std::ostringstream out;
    out << text(flavor_) << ": " << what << "\n  from " << text(history_.front());
    for (const Event &event : events_) {
        out << "\n  T" << event.who << ' ' << (event.what == nullptr ? text(event.op) : event.what) << " = "
            << truce_status_name(event.status);
    }
    ADD_FAILURE() << out.str();
}

} // namespace truce_test
