#include "commute/list_stage.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace truce_test {

namespace {

constexpr char list_name[] = "the list of the schedules";

bool is_each(ListVerb verb)
{
    return verb == ListVerb::each || verb == ListVerb::each_some;
}

bool says_in_range(ListVerb verb)
{
    return verb == ListVerb::set || verb == ListVerb::add || verb == ListVerb::insert ||
           verb == ListVerb::remove_blind;
}

bool says_number(ListVerb verb)
{
    return says_in_range(verb) || verb == ListVerb::len || verb == ListVerb::append_at ||
           verb == ListVerb::len_at_least || verb == ListVerb::is_empty;
}

/* What a conflict says was seen, or is there now, had the operation answered `told`. */
std::optional<Word> observed(const ListOp &op, const ListAnswer &told, Word index)
{
    if (says_in_range(op.verb)) return told.status == TRUCE_OK;
    if (!is_each(op.verb)) return told.value;
    for (const auto &[at, value] : told.handed) {
        if (at == index) return value;
    }
    return std::nullopt;
}

} // namespace

ListStage::ListStage(uint32_t values) : values_(values), list_(values, list_name) {}

ListStage::~ListStage()
{
    players_.clear();
    EXPECT_EQ(0u, false_conflicts_);
    EXPECT_EQ(0u, missed_);
    const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf("[ SCHEDULES ] list: %llu schedules, %llu commits, %llu conflicts, false %llu, missed %llu\n",
                number(schedules_), number(commits_), number(conflicts_), number(false_conflicts_), number(missed_));
}

void ListStage::set_up(const Elements &state)
{
    players_.clear();
    events_.clear();
    if (schedules_++ % 2 == 0) {
        list_ = List(values_, list_name);
    } else {
        EXPECT_EQ(TRUCE_OK, truce_list_clear(TRUCE_ALONE, list_));
    }
    for (const Word value : state) play(TRUCE_ALONE, list_, values_, {ListVerb::append, 0, value});
    history_.assign(1, state);
}

size_t ListStage::begin(bool anchored)
{
    players_.push_back({Tx(), anchored, history_.size() - 1, false, {}, {}, {}});
    return players_.size() - 1;
}

void ListStage::run(size_t who, const ListProgram &program)
{
    for (const ListOp &op : program) run(who, op);
}

void ListStage::run(size_t who, const ListOp &op)
{
    players_[who].program.push_back(op);
    attempt(players_[who], who, op);
}

void ListStage::attempt(Player &player, size_t who, const ListOp &op)
{
    ListAnswer told = play(player.tx, list_, values_, op);
    events_.push_back(std::to_string(who) + " " + text(op) + ": " + text(told));
    if (player.lost) {
        if (told.status != TRUCE_CONFLICT) fail("a failure isn't final");
        return;
    }
    if (told.status == TRUCE_CONFLICT) return lose(who);
    const bool doomed = !falsified(player, history_.back()).empty();
    player.steps.push_back({op, std::move(told), player.own.size()});
    if (doomed ? !was_consistent(player) : !falsified(player, history_.back()).empty()) {
        const Elements now = seen_at(player, player.own.size(), history_.back());
        fail("wrong answer, expected " + text(answer(now, op)));
    }
    if (const auto changed = effect(op, player.steps.back().told)) player.own.push_back(*changed);
}

/* The committed state with what the transaction itself had done by then. */
Elements ListStage::seen_at(const Player &player, size_t own, const Elements &committed) const
{
    Elements state = committed;
    for (size_t i = 0; i < own; ++i) change(state, player.own[i]);
    return state;
}

std::vector<size_t> ListStage::falsified(const Player &player, const Elements &committed) const
{
    std::vector<size_t> changed;
    for (size_t i = 0; i < player.steps.size(); ++i) {
        const Step &step = player.steps[i];
        if (!(answer(seen_at(player, step.own_before, committed), step.op) == step.told)) changed.push_back(i);
    }
    return changed;
}

bool ListStage::was_consistent(const Player &player) const
{
    return std::any_of(history_.begin() + static_cast<ptrdiff_t>(player.born), history_.end(),
                       [&](const Elements &state) { return falsified(player, state).empty(); });
}

bool ListStage::commit(size_t who)
{
    Player &player = players_[who];
    if (player.anchored) {
        const truce_status status = truce_list_append(player.tx, side_, truce_word(1));
        if (status != (player.lost ? TRUCE_CONFLICT : TRUCE_OK)) fail("the anchor failed");
    }
    const truce_status status = truce_commit(player.tx);
    events_.push_back(std::to_string(who) + " commit: " + truce_status_name(status));
    if (player.lost) {
        if (status != TRUCE_CONFLICT) fail("a failure isn't final");
        return false;
    }
    if (status == TRUCE_CONFLICT) {
        lose(who);
        return false;
    }
    if (status != TRUCE_OK) fail("commit failed");
    ++commits_;
    const bool writes = player.anchored || !player.own.empty();
    if (writes && !falsified(player, history_.back()).empty()) {
        ++missed_;
        fail("a conflict was missed");
    }
    history_.push_back(seen_at(player, player.own.size(), history_.back()));
    return true;
}

void ListStage::commit_or_run_again(size_t who)
{
    if (commit(who)) return;
    Player &player = players_[who];
    const truce_status again = truce_again(player.tx);
    events_.push_back(std::to_string(who) + " again: " + truce_status_name(again));
    player.lost = false;
    player.born = history_.size() - 1;
    player.steps.clear();
    player.own.clear();
    for (const ListOp &op : player.program) attempt(player, who, op);
    if (!commit(who)) fail("alone, and yet a conflict");
}

void ListStage::lose(size_t who)
{
    Player &player = players_[who];
    player.lost = true;
    ++conflicts_;
    const auto changed = falsified(player, history_.back());
    if (changed.empty()) {
        ++false_conflicts_;
        return fail("a false conflict");
    }
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    if (truce_explain(player.tx, &conflict) != TRUCE_OK) return fail("no explanation");
    const bool explained = std::any_of(changed.begin(), changed.end(), [&](size_t i) {
        return explains(conflict, player, player.steps[i]);
    });
    if (explained) return;
    char sentence[500];
    truce_conflict_text(&conflict, sentence, sizeof sentence);
    fail(std::string("explained as: ") + sentence);
}

bool ListStage::explains(const truce_conflict &conflict, const Player &player, const Step &step) const
{
    if (conflict.object != static_cast<const truce_list *>(list_) || strcmp(conflict.object_name, list_name) != 0 ||
        strcmp(conflict.object_kind, "list") != 0 || strcmp(conflict.operation, name(step.op.verb)) != 0) {
        return false;
    }
    const bool keyed = has_index(step.op.verb) || is_each(step.op.verb);
    const auto key = decode(conflict.key, TRUCE_WORD);
    if (keyed != key.has_value()) return false;
    if (has_index(step.op.verb) && key != step.op.index) return false;
    ListOp again = step.op;
    if (again.verb == ListVerb::each_some) again.verb = ListVerb::each;
    const ListAnswer now = answer(seen_at(player, step.own_before, history_.back()), again);
    const uint32_t kind = says_number(step.op.verb) ? static_cast<uint32_t>(TRUCE_WORD) : values_;
    const auto was = observed(step.op, step.told, key.value_or(0));
    const auto is = observed(step.op, now, key.value_or(0));
    return was != is && decode(conflict.seen, kind) == was && decode(conflict.now, kind) == is;
}

void ListStage::finish()
{
    players_.clear();
    const Elements now = content(list_, values_);
    if (now != history_.back()) fail("the list holds " + text(now) + " instead of " + text(history_.back()));
}

void ListStage::fail(const std::string &what)
{
    std::string story;
    for (const std::string &event : events_) story += "\n    " + event;
    ADD_FAILURE() << what << "\n    from " << text(history_.front()) << story << "\n    committed "
                  << text(history_.back());
    ++failures_;
}

} // namespace truce_test
