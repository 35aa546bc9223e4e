/* Depth first through the orders that real time allows. A state is how far each thread has come and what the dicts hold
 * then: what can follow depends on nothing else. */
#include "history/search.h"

#include <algorithm>
#include <set>
#include <utility>

namespace truce_test {

namespace {

class Search {
  public:
    Search(const History &history, size_t states_max) : last_(history.last), states_max_(states_max)
    {
        for (const Transaction &transaction : history.transactions) {
            if (transaction.thread >= lanes_.size()) lanes_.resize(transaction.thread + 1);
            lanes_[transaction.thread].push_back(&transaction);
        }
        for (Lane &lane : lanes_) {
            std::sort(lane.begin(), lane.end(), [](auto *a, auto *b) { return a->index < b->index; });
        }
        places_.resize(lanes_.size());
    }

    Order run(const std::vector<State> &first)
    {
        if (reaches_the_end(first)) return Order::found;
        return failed_.size() >= states_max_ ? Order::unknown : Order::none;
    }

  private:
    using Lane = std::vector<const Transaction *>;
    using Places = std::vector<size_t>;

    bool ended(size_t lane) const { return places_[lane] == lanes_[lane].size(); }
    const Transaction &next(size_t lane) const { return *lanes_[lane][places_[lane]]; }

    /* The lanes whose next transaction may come now: no other one that is still to come had ended before it began. */
    std::vector<size_t> candidates() const
    {
        uint64_t first_end = UINT64_MAX;
        for (size_t lane = 0; lane < lanes_.size(); lane++) {
            if (!ended(lane)) first_end = std::min(first_end, next(lane).ended_ns);
        }
        std::vector<size_t> found;
        for (size_t lane = 0; lane < lanes_.size(); lane++) {
            if (!ended(lane) && next(lane).began_ns <= first_end) found.push_back(lane);
        }
        std::sort(found.begin(), found.end(), [&](size_t a, size_t b) { return next(a).ended_ns < next(b).ended_ns; });
        return found;
    }

    bool reaches_the_end(const std::vector<State> &dicts)
    {
        const std::vector<size_t> lanes = candidates();
        if (lanes.empty()) return dicts == last_;
        if (failed_.size() >= states_max_) return false;
        auto state = std::make_pair(places_, dicts);
        if (failed_.count(state) != 0) return false;
        for (const size_t lane : lanes) {
            std::vector<State> after = dicts;
            if (replay(next(lane), after)) continue;
            places_[lane]++;
            if (reaches_the_end(after)) return true;
            places_[lane]--;
        }
        failed_.insert(std::move(state));
        return false;
    }

    std::vector<Lane> lanes_; /* the transactions of each thread */
    Places places_;           /* how far each has come */
    const std::vector<State> &last_;
    const size_t states_max_;
    std::set<std::pair<Places, std::vector<State>>> failed_; /* from there no order leads to the end */
};

} // namespace

Order find_order(const History &history, size_t states_max)
{
    return Search(history, states_max).run(history.first);
}

} // namespace truce_test
