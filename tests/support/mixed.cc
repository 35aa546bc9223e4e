#include "support/mixed.h"

#include <algorithm>

#include "support/play.h"
#include "support/stripes.h"

namespace truce_test {

namespace {

template <class... Cases> struct Match : Cases... {
    using Cases::operator()...;
};
template <class... Cases> Match(Cases...) -> Match<Cases...>;

constexpr Flavor words = {TRUCE_WORD, TRUCE_WORD, false};

std::string text_of(const PlaceOp &op)
{
    static const char *const names[] = {"file", "find", "forget", "own"};
    std::string out = names[static_cast<size_t>(op.verb)];
    out += "(" + std::to_string(op.key);
    if (op.verb == PlaceVerb::file) out += ", " + std::to_string(op.value);
    return out + ")";
}

/* What the queue holds once pop_any took the item, or nothing if it isn't there. */
std::optional<QueueState> without(QueueState state, Word value)
{
    const auto place =
        std::find_if(state.begin(), state.end(), [&](const QueueItem &item) { return item.value == value; });
    if (place == state.end()) return std::nullopt;
    state.erase(place);
    return state;
}

/* The queue after the operation, if this can be its answer. */
std::optional<QueueState> after(QueueState state, size_t capacity, const QueueOp &op, const QueueAnswer &told)
{
    if (op.verb == QueueVerb::pop_any && told.status == TRUCE_CLAIMED) return state;
    if (op.verb == QueueVerb::pop_any && told.status == TRUCE_OK) return without(std::move(state), told.items.at(0));
    if (!(model_play(state, capacity, op) == told)) return std::nullopt;
    return state;
}

/* The tags beside a list, after a change of it. An element that is appended has tag 0. */
void change_tags(std::vector<size_t> &tags, const ListOp &blind)
{
    const auto place = tags.begin() + static_cast<ptrdiff_t>(blind.index);
    switch (blind.verb) {
    case ListVerb::append:
        tags.push_back(0);
        break;
    case ListVerb::extend:
        tags.insert(tags.end(), 2, 0);
        break;
    case ListVerb::insert:
        tags.insert(place, 0);
        break;
    case ListVerb::remove_blind:
        tags.erase(place);
        break;
    case ListVerb::pop:
        tags.pop_back();
        break;
    case ListVerb::clear:
        tags.clear();
        break;
    default:
        break; /* set and add leave the element where it is */
    }
}

std::string text_of(const QueueState &state)
{
    return text(values_of(state));
}

std::string text_of(const Plain &plain)
{
    return std::to_string(plain.sum) + ", " + std::to_string(plain.value);
}

} // namespace

/* ---- words ---- */

truce_status status_of(const MixedAnswer &told)
{
    return std::visit([](const auto &answer) { return answer.status; }, told);
}

std::string text(const MixedCall &call)
{
    const auto of = [&](const char *kind) { return std::string(" of ") + kind + " " + std::to_string(call.object); };
    return std::visit(Match{[&](const Op &op) { return text(op) + of("dict"); },
                            [&](const ListOp &op) { return text(op) + of("list"); },
                            [&](const QueueOp &op) { return text(op) + of("queue"); },
                            [&](const Request &op) { return text(op) + of("number"); },
                            [&](const PlaceOp &op) { return text_of(op) + of("list"); }},
                      call.op);
}

std::string text(const MixedAnswer &told)
{
    return std::visit(Match{[](const Answer &answer) { return text(answer); },
                            [](const ListAnswer &answer) { return text(answer); },
                            [](const QueueAnswer &answer) { return text(answer); },
                            [](const NumberAnswer &answer) { return text(answer.reply); },
                            [](const PlaceAnswer &answer) {
                                std::string out = truce_status_name(answer.status);
                                if (answer.ticket) out += " ticket";
                                return answer.value ? out + " " + std::to_string(*answer.value) : out;
                            }},
                      told);
}

bool may_have_changed(const MixedStep &step)
{
    return std::visit(
        Match{
            [&](const Op &op) { return effect(op, std::get<Answer>(step.told)).has_value(); },
            [&](const ListOp &op) { return effect(op, std::get<ListAnswer>(step.told)).has_value(); },
            [&](const QueueOp &op) { return changes(op.verb) && std::get<QueueAnswer>(step.told).status == TRUCE_OK; },
            [&](const Request &op) { return may_change(op.call); },
            [&](const PlaceOp &op) { return op.verb == PlaceVerb::file || op.verb == PlaceVerb::forget; }},
        step.call.op);
}

/* ---- on plain containers ---- */

World::World(const Shape &shape)
    : dicts(shape.dicts.size()), lists(shape.lists.size()), queues(shape.queues.size()), numbers(shape.vars.size())
{
    for (const QueueShape &queue : shape.queues) capacities.push_back(queue.capacity);
}

std::string difference(const World &a, const World &b)
{
    const auto in = [](const char *kind, const auto &as, const auto &bs, const auto &words_of) -> std::string {
        for (size_t i = 0; i < as.size(); i++) {
            const std::string one = words_of(as[i]), other = words_of(bs[i]);
            if (one != other) return std::string(kind) + " " + std::to_string(i) + ": " + one + " and " + other;
        }
        return "";
    };
    std::string found = in("dict", a.dicts, b.dicts, [](const State &state) { return text(state); });
    if (found.empty()) found = in("list", a.lists, b.lists, [](const Elements &list) { return text(list); });
    if (found.empty()) found = in("queue", a.queues, b.queues, [](const QueueState &queue) { return text_of(queue); });
    if (found.empty()) found = in("number", a.numbers, b.numbers, [](const Plain &plain) { return text_of(plain); });
    if (found.empty() && a.places != b.places) found = "places: " + text(a.places) + " and " + text(b.places);
    return found;
}

MixedAnswer PlainTx::answer(const MixedCall &call) const
{
    return std::visit(
        Match{[&](const Op &op) -> MixedAnswer { return truce_test::answer(world_.dicts[call.object], op); },
              [&](const ListOp &op) -> MixedAnswer { return truce_test::answer(world_.lists[call.object], op); },
              [&](const QueueOp &op) -> MixedAnswer {
                  QueueState state = world_.queues[call.object];
                  return model_play(state, world_.capacities[call.object], op);
              },
              [&](const Request &op) -> MixedAnswer {
                  return NumberAnswer{TRUCE_OK, reply(world_.numbers[call.object], op)};
              },
              [&](const PlaceOp &op) -> MixedAnswer { return answer_place(call.object, op); }},
        call.op);
}

PlaceAnswer PlainTx::answer_place(unsigned list, const PlaceOp &op) const
{
    PlaceAnswer told;
    if (op.verb == PlaceVerb::find) {
        const auto filed = filed_.find(op.key);
        const auto found = world_.places.find(op.key);
        told.ticket = filed != filed_.end();
        if (told.ticket) {
            told.value = filed->second;
        } else if (found != world_.places.end()) {
            told.value = found->second;
        }
    } else if (op.verb == PlaceVerb::own) {
        if (op.key < own_[list].size()) told.value = own_[list][op.key];
    } else {
        return told;
    }
    if (!told.value) told.status = TRUCE_ABSENT;
    return told;
}

bool PlainTx::take(const MixedStep &step)
{
    const unsigned object = step.call.object;
    const bool right =
        std::visit(Match{[&](const Op &op) { return holds(world_.dicts[object], op, std::get<Answer>(step.told)); },
                         [&](const ListOp &op) {
                             return truce_test::answer(world_.lists[object], op) == std::get<ListAnswer>(step.told);
                         },
                         [&](const QueueOp &op) {
                             const auto &told = std::get<QueueAnswer>(step.told);
                             return after(world_.queues[object], world_.capacities[object], op, told).has_value();
                         },
                         [&](const Request &op) {
                             return reply(world_.numbers[object], op) == std::get<NumberAnswer>(step.told).reply;
                         },
                         [&](const PlaceOp &op) {
                             const PlaceAnswer expected = answer_place(object, op);
                             const auto &told = std::get<PlaceAnswer>(step.told);
                             return expected.status == told.status && expected.value == told.value &&
                                    expected.ticket == told.ticket;
                         }},
                   step.call.op);
    if (right) change(step);
    return right;
}

void PlainTx::change(const MixedStep &step)
{
    const unsigned object = step.call.object;
    std::visit(Match{[&](const Op &op) {
                         const auto blind = effect(op, std::get<Answer>(step.told));
                         if (blind) truce_test::change(world_.dicts[object], *blind);
                     },
                     [&](const ListOp &op) {
                         const auto blind = effect(op, std::get<ListAnswer>(step.told));
                         if (blind) change_list(object, *blind);
                     },
                     [&](const QueueOp &op) {
                         QueueState &state = world_.queues[object];
                         state = *after(state, world_.capacities[object], op, std::get<QueueAnswer>(step.told));
                     },
                     [&](const Request &op) {
                         truce_test::change(world_.numbers[object], op, std::get<NumberAnswer>(step.told).reply);
                     },
                     [&](const PlaceOp &op) { change_places(object, op); }},
               step.call.op);
}

void PlainTx::change_list(unsigned list, const ListOp &blind)
{
    Elements &own = own_[list];
    if (blind.verb == ListVerb::append || blind.verb == ListVerb::extend) own.push_back(blind.value);
    if (blind.verb == ListVerb::extend) own.push_back(blind.value + 1);
    tagged_[list].resize(world_.lists[list].size());
    change_tags(tagged_[list], blind);
    truce_test::change(world_.lists[list], blind);
}

void PlainTx::change_places(unsigned list, const PlaceOp &op)
{
    if (op.verb == PlaceVerb::forget) {
        world_.places.erase(op.key);
        filed_.erase(op.key);
    } else if (op.verb == PlaceVerb::file) {
        change_list(list, {ListVerb::append, 0, op.value});
        tickets_.push_back({list, tickets_.size() + 1});
        tagged_[list].back() = tickets_.size();
        filed_[op.key] = tickets_.size() - 1;
    }
}

void PlainTx::commit()
{
    for (const auto &[key, number] : filed_) {
        const std::vector<size_t> &tags = tagged_[tickets_[number].list];
        const auto place = std::find(tags.begin(), tags.end(), tickets_[number].tag);
        world_.places[key] = place == tags.end() ? ~Word{0} : static_cast<Word>(place - tags.begin());
    }
}

/* ---- with the library ---- */

Stock::Stock(const Shape &shape) : shape_(shape), counters_(shape.vars.size())
{
    for (const Flavor &flavor : shape.dicts) dicts_.emplace_back(flavor.keys, flavor.values);
    for (const uint32_t values : shape.lists) lists_.emplace_back(values);
    for (const QueueShape &queue : shape.queues) queues_.emplace_back(queue_options(queue.values, queue.capacity));
    std::string storage;
    for (const uint32_t values : shape.vars) vars_.emplace_back(var_options(values, encode(0, values, storage)));
    for (size_t i = 1; i < counters_.size(); i += 2) truce_test_spread(counters_[i]);
}

World Stock::content() const
{
    World world(shape_);
    for (size_t i = 0; i < dicts_.size(); i++) world.dicts[i] = truce_test::content(dicts_[i], shape_.dicts[i]);
    for (size_t i = 0; i < lists_.size(); i++) world.lists[i] = truce_test::content(lists_[i], shape_.lists[i]);
    for (size_t i = 0; i < queues_.size(); i++) {
        for (const Word value : truce_test::content(queues_[i], shape_.queues[i].values)) {
            world.queues[i].push_back({0, value});
        }
    }
    for (unsigned i = 0; i < shape_.vars.size(); i++) {
        Reply value;
        Tx tx;
        EXPECT_EQ(TRUCE_OK, ask(tx, asked(i), {Call::var_get}, &value));
        world.numbers[i] = {static_cast<uint64_t>(sum_of(counters_[i])), value.value_or(0)};
    }
    world.places = truce_test::content(places_, words);
    return world;
}

MixedAnswer LibraryTx::play(const MixedCall &call)
{
    const unsigned object = call.object;
    const Shape &shape = stock_.shape_;
    return std::visit(Match{[&](const Op &op) -> MixedAnswer {
                                return truce_test::play(tx_, stock_.dicts_[object], shape.dicts[object], op);
                            },
                            [&](const ListOp &op) -> MixedAnswer {
                                return truce_test::play(tx_, stock_.lists_[object], shape.lists[object], op);
                            },
                            [&](const QueueOp &op) -> MixedAnswer {
                                return truce_test::play(tx_, stock_.queues_[object], shape.queues[object].values, op);
                            },
                            [&](const Request &op) -> MixedAnswer {
                                NumberAnswer told;
                                told.status = ask(tx_, stock_.asked(object), op, &told.reply);
                                return told;
                            },
                            [&](const PlaceOp &op) -> MixedAnswer { return play_place(stock_.lists_[object], op); }},
                      call.op);
}

PlaceAnswer LibraryTx::play_place(truce_list *list, const PlaceOp &op)
{
    const truce_item key = truce_word(op.key);
    truce_item item = {77, 77, 77};
    switch (op.verb) {
    case PlaceVerb::file: {
        const truce_status status = truce_list_append_ticket(tx_, list, truce_word(op.value), &item);
        if (status != TRUCE_OK) return {status, {}, false};
        EXPECT_EQ(static_cast<uint32_t>(TRUCE_TICKET), item.kind);
        tickets_.push_back(item);
        return {truce_dict_set(tx_, stock_.places_, key, item), {}, false};
    }
    case PlaceVerb::forget:
        return {truce_dict_remove(tx_, stock_.places_, key, nullptr), {}, false};
    case PlaceVerb::find:
        return found(truce_dict_get(tx_, stock_.places_, key, &item), item);
    default:
        return found(truce_list_own(tx_, list, op.key, &item), item);
    }
}

PlaceAnswer LibraryTx::found(truce_status status, const truce_item &item) const
{
    EXPECT_EQ(status == TRUCE_OK, item.kind != TRUCE_NONE) << truce_status_name(status);
    if (item.kind != TRUCE_TICKET) return {status, decode(item, TRUCE_WORD), false};
    const auto same = [&](const truce_item &mine) { return mine.word == item.word && mine.size == item.size; };
    const auto place = std::find_if(tickets_.begin(), tickets_.end(), same);
    return {status, static_cast<Word>(place - tickets_.begin()), true};
}

} // namespace truce_test
