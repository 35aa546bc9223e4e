#include "check.h"

#include <algorithm>
#include <unordered_map>

namespace bench {
namespace {

class Checker {
  public:
    Checker(const Setting &setting, const Content &content, const std::vector<Lane> &lanes)
        : setting_(setting), content_(content), lanes_(lanes)
    {
        for (const Lane &lane : lanes) transactions_ += lane.transactions();
    }

    std::vector<std::string> check()
    {
        switch (setting_.scenario) {
        case Scenario::disjoint:
        case Scenario::mixed:
        case Scenario::index:
            check_writers();
            if (setting_.put_percent == 0) check_checksums();
            break;
        case Scenario::hot:
            expect(value_of(0), transactions_, "the hot counter");
            expect(sum_of_values(1), private_adds * transactions_, "the sum of private counters");
            break;
        case Scenario::counter:
            expect(content_.sum, transactions_, "the counter");
            expect(sum_of_values(0), private_adds * transactions_, "the sum of private counters");
            break;
        case Scenario::append:
            check_appended();
            expect(sum_of_values(0), transactions_, "the sum of private counters");
            break;
        case Scenario::queue:
            check_queue();
            break;
        case Scenario::pool:
            check_pool();
            break;
        case Scenario::bank:
            expect(sum_of_values(0), setting_.keys * initial(0), "the sum of all accounts");
            break;
        }
        return wrong_;
    }

  private:
    void expect(std::uint64_t found, std::uint64_t expected, const char *what)
    {
        if (found == expected) return;
        wrong_.push_back(std::string(what) + ": " + std::to_string(found) + ", not " + std::to_string(expected));
    }

    std::uint64_t initial(std::uint64_t number) const { return initial_value(setting_.scenario, number); }

    std::uint64_t value_of(std::uint64_t number)
    {
        const std::optional<std::uint64_t> &value = content_.values[number];
        if (!value) wrong_.push_back("key number " + std::to_string(number) + " is gone");
        return value.value_or(0);
    }

    // From this key on.
    std::uint64_t sum_of_values(std::uint64_t first)
    {
        std::uint64_t sum = 0;
        for (std::uint64_t number = first; number < setting_.keys; ++number) sum += value_of(number);
        return sum;
    }

    // Every key is there, and holds what it held at first or what a thread put that works on it.
    void check_writers()
    {
        expect(content_.values.size(), setting_.keys, "the number of values");
        const std::uint64_t threads = static_cast<std::uint64_t>(setting_.threads);
        for (std::uint64_t number = 0; number < content_.values.size(); ++number) {
            const std::uint64_t value = value_of(number);
            const std::optional<std::uint64_t> writer = Lane::writer_of(value);
            if (!writer)
                expect(value, initial(number), "a value of the beginning");
            else if (info(setting_.scenario).deals)
                expect(*writer, number % threads, "the thread that put a value");
            else
                expect(std::min(*writer, threads - 1), *writer, "the last of the threads that put a value");
        }
    }

    // Without puts each get answers what its key held at first.
    void check_checksums()
    {
        std::unordered_map<std::uint64_t, std::uint64_t> held;
        for (std::uint64_t number = 0; number < setting_.keys; ++number) {
            held[key_of(setting_.scenario, number)] = initial(number);
        }
        for (const Lane &lane : lanes_) {
            const std::vector<std::uint64_t> &keys = lane.stream().operands;
            std::uint64_t expected = 0;
            const std::uint64_t gets = lane.transactions() * setting_.ops;
            for (std::size_t i = 0; i < keys.size(); ++i) {
                expected += times(i, gets, keys.size()) * held[keys[i]];
            }
            expect(lane.checksum(), expected, "the sum of what was got");
        }
    }

    // How often entry i of `size` was carried out, when `all` were, from the beginning again after the last.
    static std::uint64_t times(std::size_t i, std::uint64_t all, std::size_t size)
    {
        return all / size + (i < all % size ? 1 : 0);
    }

    // Each transaction's items are there, together, and those of a thread in its order.
    void check_appended()
    {
        const std::vector<std::uint64_t> &items = content_.items;
        std::vector<std::uint64_t> met(lanes_.size()); // transactions of each lane
        for (std::size_t i = 0; i < items.size();) {
            const std::optional<std::uint64_t> writer = Lane::writer_of(items[i]);
            if (!writer || *writer >= lanes_.size()) {
                wrong_.push_back("item " + std::to_string(i) + " is nobody's: " + std::to_string(items[i]));
                return;
            }
            const Lane &lane = lanes_[*writer];
            const std::uint64_t number = met[*writer]++;
            for (std::uint64_t j = 0; j < items_of(lane, number); ++j, ++i) {
                if (i < items.size() && items[i] == lane.value_of(number) + j) continue;
                wrong_.push_back("item " + std::to_string(i) + " is not the one that was appended there");
                return;
            }
        }
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            expect(met[lane], lanes_[lane].transactions(), "transactions of a thread whose items are there");
        }
    }

    // How many items a lane's transaction appended.
    static std::uint64_t items_of(const Lane &lane, std::uint64_t number)
    {
        const Stream &stream = lane.stream();
        return stream.operands[number * stream.width % stream.operands.size()];
    }

    // What went in is what came out and what is left: as many, and the same sum.
    void check_queue()
    {
        std::uint64_t left = setting_.keys;
        std::uint64_t sum = 0;
        for (std::uint64_t number = 0; number < setting_.keys; ++number) sum += initial(number);
        for (const Lane &lane : lanes_) {
            const std::uint64_t pushed = pushes_of(lane);
            left += pushed;
            left -= lane.transactions() - pushed;
            sum -= lane.checksum();
        }
        expect(content_.items.size(), left, "items left in the queue");
        for (const std::uint64_t item : content_.items) sum -= item;
        expect(sum, 0, "the sum of the items pushed, less that of those popped or left");
    }

    static std::uint64_t pushes_of(const Lane &lane)
    {
        const std::vector<Access> &accesses = lane.stream().accesses;
        const std::uint64_t all = lane.transactions() + lane.idle();
        std::uint64_t pushes = 0;
        for (std::size_t i = 0; i < accesses.size(); ++i) {
            if (accesses[i] == Access::push) pushes += times(i, all, accesses.size());
        }
        return pushes;
    }

    // Each item of the beginning is there once.
    void check_pool()
    {
        expect(content_.items.size(), setting_.keys, "items in the pool");
        std::vector<std::uint64_t> items = content_.items;
        std::sort(items.begin(), items.end());
        for (std::uint64_t number = 0; number < items.size(); ++number) {
            expect(items[number], initial(number), "an item of the pool");
        }
    }

    const Setting &setting_;
    const Content &content_;
    const std::vector<Lane> &lanes_;
    std::uint64_t transactions_ = 0;
    std::vector<std::string> wrong_;
};

} // namespace

std::vector<std::string> check(const Setting &setting, const Content &content, const std::vector<Lane> &lanes)
{
    return Checker(setting, content, lanes).check();
}

} // namespace bench
