#include "history/append_checker.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace truce_test {

namespace {

using History = std::vector<Attempt>;
using Values = std::vector<Word>;

constexpr size_t nowhere = SIZE_MAX;

std::string text(const Attempt &attempt)
{
    return (attempt.committed ? "transaction " : "an aborted attempt of transaction ") + std::to_string(attempt.index) +
           " of thread " + std::to_string(attempt.thread);
}

std::string in_list(Word value, unsigned list)
{
    return std::to_string(value) + " in list " + std::to_string(list);
}

/* Calls visit(step, what the attempt had appended to that list before) for each step. */
template <class Visit> void walk(const Attempt &attempt, Visit visit)
{
    std::map<unsigned, Values> own;
    for (const AppendStep &step : attempt.steps) {
        Values &before = own[step.list];
        visit(step, before);
        if (step.verb == AppendVerb::append) before.insert(before.end(), step.values.begin(), step.values.end());
    }
}

/* ---- the graph of what came before what ---- */

enum EdgeKind : unsigned { write_write = 1, write_read = 2, read_write = 4, real_time = 8 };

struct Edge {
    size_t from, to;
    EdgeKind kind;
    unsigned list = 0;
    Word value = 0; /* the later element of two, the one that was seen, or the one that was not */
};

/* The edges of each node, by their numbers. */
class Adjacency {
  public:
    Adjacency(size_t nodes, const std::vector<Edge> &edges, size_t Edge::*end) : first_(nodes + 1), all_(edges.size())
    {
        for (const Edge &edge : edges) first_[edge.*end + 1]++;
        for (size_t i = 0; i < nodes; i++) first_[i + 1] += first_[i];
        std::vector<size_t> next(first_.begin(), first_.end() - 1);
        for (size_t i = 0; i < edges.size(); i++) all_[next[edges[i].*end]++] = i;
    }
    const size_t *begin(size_t node) const { return all_.data() + first_[node]; }
    const size_t *end(size_t node) const { return all_.data() + first_[node + 1]; }
    size_t count(size_t node) const { return first_[node + 1] - first_[node]; }

  private:
    std::vector<size_t> first_, all_;
};

using Cycle = std::vector<Edge>;

/* Nodes from `attempts` on are moments, not attempts: see Checker::add_real_time. */
class Graph {
  public:
    Graph(size_t nodes, size_t attempts, const std::vector<Edge> &edges)
        : nodes_(nodes), attempts_(attempts), edges_(edges), out_(nodes, edges, &Edge::from),
          in_(nodes, edges, &Edge::to)
    {
    }

    /* A shortest cycle, or none. */
    Cycle cycle() const
    {
        constexpr size_t starts_max = 1000;
        std::vector<bool> left(nodes_, true);
        peel(left, in_, out_, &Edge::to);
        peel(left, out_, in_, &Edge::from);
        Cycle best;
        size_t starts = 0;
        for (size_t node = 0; node < attempts_ && starts < starts_max; node++) {
            if (!left[node]) continue;
            starts++;
            const Cycle found = cycle_through(node, left);
            if (!found.empty() && (best.empty() || found.size() < best.size())) best = found;
        }
        return best;
    }

  private:
    struct Arrival {
        size_t distance;
        size_t edge;
    };

    /* Takes away, one after the other, every node that has no edge `before` it any more: it is on no cycle. */
    void peel(std::vector<bool> &left, const Adjacency &before, const Adjacency &after, size_t Edge::*end) const
    {
        std::vector<size_t> remaining(nodes_), bare;
        for (size_t node = 0; node < nodes_; node++) {
            const auto is_left = [&](size_t edge) { return left[edges_[edge].from] && left[edges_[edge].to]; };
            remaining[node] = static_cast<size_t>(std::count_if(before.begin(node), before.end(node), is_left));
            if (left[node] && remaining[node] == 0) bare.push_back(node);
        }
        while (!bare.empty()) {
            const size_t node = bare.back();
            bare.pop_back();
            left[node] = false;
            for (const size_t *edge = after.begin(node); edge != after.end(node); ++edge) {
                const size_t next = edges_[*edge].*end;
                if (left[next] && --remaining[next] == 0) bare.push_back(next);
            }
        }
    }

    /* A shortest one through this node: breadth first, where a way over moments is one step. */
    Cycle cycle_through(size_t start, const std::vector<bool> &left) const
    {
        std::unordered_map<size_t, Arrival> arrivals;
        std::deque<std::pair<size_t, size_t>> next = {{start, 0}}; /* nodes with their distance */
        while (!next.empty()) {
            const auto [node, distance] = next.front();
            next.pop_front();
            const bool moment = node >= attempts_;
            for (const size_t *edge = out_.begin(node); edge != out_.end(node); ++edge) {
                const size_t to = edges_[*edge].to;
                const Arrival arrival = {distance + (moment ? 0 : 1), *edge};
                const auto [known, first] = arrivals.emplace(to, arrival);
                if (!left[to] || (!first && known->second.distance <= arrival.distance)) continue;
                known->second = arrival;
                if (to == start) return way_back(start, arrivals);
                next.emplace(moment ? next.begin() : next.end(), to, arrival.distance);
            }
        }
        return {};
    }

    /* The edges from `start` back to it, those over moments made one. */
    Cycle way_back(size_t start, const std::unordered_map<size_t, Arrival> &arrivals) const
    {
        Cycle way;
        size_t node = start;
        do {
            Edge edge = edges_[arrivals.at(node).edge];
            while (edge.from >= attempts_) edge.from = edges_[arrivals.at(edge.from).edge].from;
            way.insert(way.begin(), edge);
            node = edge.from;
        } while (node != start);
        return way;
    }

    const size_t nodes_, attempts_;
    const std::vector<Edge> &edges_;
    const Adjacency out_, in_;
};

/* ---- what was read ---- */

/* Where a value was given. */
struct Origin {
    size_t attempt;
    unsigned list;
    size_t place;              /* among what its attempt appended to this list */
    size_t position = nowhere; /* in the version order */
};

struct List {
    Values order; /* the version order: the longest that was read, the reader's own appends not counted */
    size_t reader = nowhere;
    uint64_t last_read_began_ns = 0;
    std::vector<size_t> writers;                 /* of the elements of `order` */
    std::unordered_map<size_t, size_t> appended; /* how many by each attempt */
};

class Checker {
  public:
    explicit Checker(const History &history) : history_(history) {}

    std::optional<AppendFault> fault()
    {
        collect();
        check_orders();
        if (!fault_) check_answers();
        if (!fault_) check_nothing_lost();
        if (!fault_) check_cycles();
        return fault_;
    }

  private:
    void fail(Anomaly anomaly, std::vector<size_t> attempts, const std::string &words)
    {
        if (!fault_) fault_ = {anomaly, std::move(attempts), std::string(name(anomaly)) + ": " + words};
    }

    std::string who(size_t attempt) const { return text(history_[attempt]); }

    /* What was appended where, and the longest read of each list. */
    void collect()
    {
        for (size_t i = 0; i < history_.size(); i++) {
            walk(history_[i], [&](const AppendStep &step, const Values &own) {
                if (step.list >= lists_.size()) lists_.resize(step.list + 1);
                if (step.verb == AppendVerb::append) collect_appends(i, step, own.size());
                if (step.verb == AppendVerb::read) collect_read(i, step, own);
            });
        }
    }

    void collect_appends(size_t attempt, const AppendStep &step, size_t place)
    {
        lists_[step.list].appended[attempt] += step.values.size();
        for (const Word value : step.values) {
            if (!origins_.emplace(value, Origin{attempt, step.list, place++}).second) {
                fail(Anomaly::appended_twice, {origins_.at(value).attempt, attempt}, in_list(value, step.list));
            }
        }
    }

    void collect_read(size_t attempt, const AppendStep &step, const Values &own)
    {
        const Values &read = step.values;
        if (read.size() < own.size() || !std::equal(own.rbegin(), own.rend(), read.rbegin())) {
            fail(Anomaly::own_work, {attempt}, who(attempt) + " read list " + std::to_string(step.list));
            return;
        }
        List &list = lists_[step.list];
        list.last_read_began_ns = std::max(list.last_read_began_ns, history_[attempt].began_ns);
        if (list.reader != nowhere && read.size() - own.size() <= list.order.size()) return;
        list.order.assign(read.begin(), read.end() - static_cast<ptrdiff_t>(own.size()));
        list.reader = attempt;
    }

    /* The version orders: every element was appended there, by who committed, and stands there once; and the elements
     * of one transaction stand together. */
    void check_orders()
    {
        for (unsigned number = 0; number < lists_.size(); number++) {
            List &list = lists_[number];
            if (!check_elements(list.reader, number, list.order)) return;
            for (size_t i = 0; i < list.order.size(); i++) {
                Origin &origin = origins_.at(list.order[i]);
                origin.position = i;
                list.writers.push_back(origin.attempt);
            }
            check_runs(number);
        }
    }

    /* Whether an element can have been read, whatever the order. */
    bool check_element(size_t reader, unsigned list, Word value)
    {
        const auto found = origins_.find(value);
        const std::string words = who(reader) + " read " + in_list(value, list);
        if (found == origins_.end() || found->second.list != list) {
            fail(Anomaly::unknown_element, {reader}, words);
        } else if (found->second.attempt == reader) {
            fail(Anomaly::own_work, {reader}, words + " before its own appends");
        } else if (!history_[found->second.attempt].committed) {
            fail(Anomaly::aborted_read, {found->second.attempt, reader}, words + " of " + who(found->second.attempt));
        }
        return !fault_;
    }

    bool check_elements(size_t reader, unsigned list, const Values &values)
    {
        std::unordered_set<Word> seen;
        for (const Word value : values) {
            if (!check_element(reader, list, value)) return false;
            if (!seen.insert(value).second) {
                fail(Anomaly::doubled_element, {reader}, who(reader) + " read " + in_list(value, list) + " twice");
                return false;
            }
        }
        return true;
    }

    void check_runs(unsigned number)
    {
        const List &list = lists_[number];
        for (size_t i = 0; i < list.order.size();) {
            const size_t writer = list.writers[i];
            const size_t whole = list.appended.at(writer);
            size_t place = 0;
            for (; place < whole && i < list.order.size(); i++, place++) {
                if (list.writers[i] == writer && origins_.at(list.order[i]).place == place) continue;
                fail(Anomaly::appends_apart, {writer},
                     who(writer) + " appended " + in_list(list.order[i - place], number));
                return;
            }
            if (place == whole) continue;
            fail(Anomaly::intermediate_read, {writer, list.reader},
                 who(list.reader) + " read a part of what " + who(writer) + " appended to list " +
                     std::to_string(number));
        }
    }

    /* Every answer against the version orders; and the edges that follow from it. */
    void check_answers()
    {
        for (size_t i = 0; i < history_.size() && !fault_; i++) {
            walk(history_[i], [&](const AppendStep &step, const Values &own) {
                if (fault_) return;
                if (step.verb == AppendVerb::read) check_read(i, step, own);
                if (step.verb == AppendVerb::get) check_get(i, step, own);
                if (step.verb == AppendVerb::len) check_len(i, step, own);
            });
        }
    }

    void check_read(size_t attempt, const AppendStep &step, const Values &own)
    {
        const List &list = lists_[step.list];
        const auto end = step.values.end() - static_cast<ptrdiff_t>(own.size());
        const auto length = static_cast<size_t>(end - step.values.begin());
        if (length <= list.order.size() && std::equal(step.values.begin(), end, list.order.begin())) {
            observe_exactly(attempt, step.list, length);
            return;
        }
        if (!check_elements(attempt, step.list, Values(step.values.begin(), end))) return;
        fail_order(attempt, step.list);
    }

    void fail_order(size_t attempt, unsigned list)
    {
        const size_t reader = lists_[list].reader == nowhere ? attempt : lists_[list].reader;
        fail(Anomaly::orders_differ, {attempt, reader},
             who(attempt) + " and " + who(reader) + " read list " + std::to_string(list));
    }

    void check_get(size_t attempt, const AppendStep &step, const Values &own)
    {
        const List &list = lists_[step.list];
        if (step.values.empty()) { /* the list ended before, own appends included */
            if (step.number < own.size()) {
                fail(Anomaly::own_work, {attempt},
                     who(attempt) + " misses its appends in list " + std::to_string(step.list));
                return;
            }
            observe(attempt, step.list, 0, step.number - own.size());
            return;
        }
        const Word value = step.values[0];
        const auto mine = std::find(own.begin(), own.end(), value);
        if (mine != own.end()) {
            const auto place = static_cast<size_t>(mine - own.begin());
            if (step.number < place || step.number - place > list.order.size()) {
                fail(Anomaly::own_work, {attempt}, who(attempt) + " read " + in_list(value, step.list));
                return;
            }
            observe_exactly(attempt, step.list, step.number - place);
        } else if (step.number < list.order.size() && list.order[step.number] == value) {
            observe(attempt, step.list, step.number + 1, nowhere);
        } else if (check_element(attempt, step.list, value)) {
            fail_order(attempt, step.list);
        }
    }

    void check_len(size_t attempt, const AppendStep &step, const Values &own)
    {
        if (step.number < own.size()) {
            fail(Anomaly::own_work, {attempt},
                 who(attempt) + " misses its appends in list " + std::to_string(step.list));
        } else if (step.number - own.size() > lists_[step.list].order.size()) {
            fail_order(attempt, step.list);
        } else {
            observe_exactly(attempt, step.list, step.number - own.size());
        }
    }

    /* The attempt saw just the first `length` elements. */
    void observe_exactly(size_t attempt, unsigned number, size_t length)
    {
        const std::vector<size_t> &writers = lists_[number].writers;
        const bool within = length > 0 && length < writers.size() && writers[length - 1] == writers[length];
        if (within && writers[length] != attempt) {
            fail(Anomaly::intermediate_read, {writers[length], attempt},
                 who(attempt) + " saw a part of what " + who(writers[length]) + " appended to list " +
                     std::to_string(number));
        }
        observe(attempt, number, length, length);
    }

    /* The attempt saw at least the first `least` elements, and no more than the first `most`. */
    void observe(size_t attempt, unsigned number, size_t least, size_t most)
    {
        const List &list = lists_[number];
        if (least > 0 && list.writers[least - 1] == attempt) {
            fail(Anomaly::own_work, {attempt},
                 who(attempt) + " saw " + in_list(list.order[least - 1], number) + " among what others appended");
        } else if (least > 0) {
            edges_.push_back({list.writers[least - 1], attempt, write_read, number, list.order[least - 1]});
        }
        if (most < list.order.size() && list.writers[most] != attempt) {
            edges_.push_back({attempt, list.writers[most], read_write, number, list.order[most]});
        }
    }

    void check_nothing_lost()
    {
        for (const auto &[value, origin] : origins_) {
            const Attempt &writer = history_[origin.attempt];
            if (!writer.committed || origin.position != nowhere) continue;
            if (writer.ended_ns >= lists_[origin.list].last_read_began_ns) continue;
            fail(Anomaly::lost_append, {origin.attempt},
                 who(origin.attempt) + " appended " + in_list(value, origin.list));
            return;
        }
    }

    void add_write_write()
    {
        for (unsigned number = 0; number < lists_.size(); number++) {
            const List &list = lists_[number];
            for (size_t i = 1; i < list.order.size(); i++) {
                const size_t before = list.writers[i - 1], after = list.writers[i];
                if (before != after) edges_.push_back({before, after, write_write, number, list.order[i]});
            }
        }
    }

    /* Each end of an attempt is a moment, a node of its own behind the attempt and the moment before it; the last
     * moment before an attempt began stands before the attempt. Thus a few edges for each attempt say it all. */
    void add_real_time()
    {
        const size_t attempts = history_.size();
        std::vector<size_t> by_end(attempts);
        for (size_t i = 0; i < attempts; i++) by_end[i] = i;
        std::sort(by_end.begin(), by_end.end(),
                  [&](size_t a, size_t b) { return history_[a].ended_ns < history_[b].ended_ns; });
        std::vector<uint64_t> ends;
        for (size_t i = 0; i < attempts; i++) {
            edges_.push_back({by_end[i], attempts + i, real_time});
            if (i > 0) edges_.push_back({attempts + i - 1, attempts + i, real_time});
            ends.push_back(history_[by_end[i]].ended_ns);
        }
        for (size_t i = 0; i < attempts; i++) {
            const auto after = std::lower_bound(ends.begin(), ends.end(), history_[i].began_ns);
            if (after == ends.begin()) continue;
            edges_.push_back({attempts + static_cast<size_t>(after - ends.begin()) - 1, i, real_time});
        }
    }

    Cycle cycle_of(unsigned kinds, bool aborted_too) const
    {
        std::vector<Edge> some;
        const auto counts = [&](size_t node) {
            return aborted_too || node >= history_.size() || history_[node].committed;
        };
        std::copy_if(edges_.begin(), edges_.end(), std::back_inserter(some), [&](const Edge &edge) {
            return (edge.kind & kinds) != 0 && counts(edge.from) && counts(edge.to);
        });
        return Graph(2 * history_.size(), history_.size(), some).cycle();
    }

    /* The whole graph first, since mostly there is no cycle; then the plainest part of it that has one. */
    void check_cycles()
    {
        add_write_write();
        add_real_time();
        constexpr unsigned values = write_write | write_read | read_write;
        const Cycle any = cycle_of(values | real_time, true);
        if (any.empty()) return;
        if (fail_cycle(Anomaly::write_cycle, cycle_of(write_write, false))) return;
        if (fail_cycle(Anomaly::information_cycle, cycle_of(write_write | write_read, false))) return;
        const Cycle skew = cycle_of(values, false);
        const auto unseen =
            std::count_if(skew.begin(), skew.end(), [](const Edge &edge) { return edge.kind == read_write; });
        if (fail_cycle(unseen == 1 ? Anomaly::read_skew : Anomaly::write_skew, skew)) return;
        if (fail_cycle(Anomaly::torn_abort, cycle_of(values, true))) return;
        fail_cycle(Anomaly::against_real_time, any);
    }

    bool fail_cycle(Anomaly anomaly, const Cycle &cycle)
    {
        if (cycle.empty()) return false;
        std::vector<size_t> attempts;
        std::string words;
        for (const Edge &edge : cycle) {
            attempts.push_back(edge.from);
            words += "\n  " + who(edge.from) + before(edge) + who(edge.to);
        }
        fail(anomaly, std::move(attempts), words);
        return true;
    }

    static std::string before(const Edge &edge)
    {
        const std::string element = in_list(edge.value, edge.list);
        switch (edge.kind) {
        case write_write:
            return " appended before " + element + " was, by ";
        case write_read:
            return " appended " + element + ", which was seen by ";
        case read_write:
            return " did not see " + element + ", appended by ";
        default:
            return " had ended before the beginning of ";
        }
    }

    const History &history_;
    std::unordered_map<Word, Origin> origins_;
    std::vector<List> lists_;
    std::vector<Edge> edges_;
    std::optional<AppendFault> fault_;
};

} // namespace

const char *name(Anomaly anomaly)
{
    switch (anomaly) {
    case Anomaly::appended_twice:
        return "a value given twice";
    case Anomaly::own_work:
        return "own appends not seen as they are";
    case Anomaly::unknown_element:
        return "an element that nobody appended";
    case Anomaly::aborted_read:
        return "aborted read (G1a)";
    case Anomaly::doubled_element:
        return "doubled element";
    case Anomaly::orders_differ:
        return "incompatible orders";
    case Anomaly::appends_apart:
        return "appends of one transaction apart";
    case Anomaly::intermediate_read:
        return "intermediate read (G1b)";
    case Anomaly::lost_append:
        return "lost append";
    case Anomaly::write_cycle:
        return "write cycle (G0)";
    case Anomaly::information_cycle:
        return "circular information flow (G1c)";
    case Anomaly::read_skew:
        return "read skew (G-single)";
    case Anomaly::write_skew:
        return "write skew (G2)";
    case Anomaly::torn_abort:
        return "an aborted attempt that saw no one state";
    case Anomaly::against_real_time:
        return "against real time";
    }
    return "";
}

std::optional<AppendFault> check_appends(const std::vector<Attempt> &history)
{
    return Checker(history).fault();
}

} // namespace truce_test
