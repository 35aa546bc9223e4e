#include "smoke.h"

#include <cinttypes>
#include <cstdio>
#include <unordered_map>

#include "probe.h"
#include "trial.h"

namespace bench {
namespace {

constexpr std::uint64_t slice_ns = 5000000;
constexpr int most_threads = 4;

const std::vector<Setting> &settings()
{
    static const std::vector<Setting> all = {
        {Scenario::disjoint, 1, 1000, 16, 50}, {Scenario::mixed, 1, 1000, 16, 10}, {Scenario::mixed, 1, 1000, 7, 0},
        {Scenario::mixed, 1, 64, 16, 50},      {Scenario::hot, 1, 1000, 4, 100},
    };
    return all;
}

// What the table held in the end against what the transactions should have made of it.
class Checker {
  public:
    Checker(Trial &trial, const Setting &setting, const std::vector<Stream> &streams)
        : trial_(trial), setting_(setting), streams_(streams)
    {
    }

    void check(const Tally &tally, const Verdict &verdict)
    {
        std::uint64_t transactions = 0;
        for (const Lane &lane : trial_.lanes()) transactions += lane.transactions();
        expect(tally.commits == transactions, "commits counted", tally.commits, transactions);
        expect(verdict.false_conflicts == 0, "false conflicts", verdict.false_conflicts, 0);
        if (setting_.scenario == Scenario::hot)
            check_counters(transactions);
        else
            check_writers();
        if (setting_.scenario != Scenario::mixed) expect(tally.aborts == 0, "aborts", tally.aborts, 0);
        if (setting_.put_percent == 0) check_checksums();
    }

    bool is_right() const { return is_right_; }

  private:
    void expect(bool is_right, const char *what, std::uint64_t found, std::uint64_t expected)
    {
        if (is_right) return;
        std::printf("  wrong: %s: %" PRIu64 ", not %" PRIu64 "\n", what, found, expected);
        is_right_ = false;
    }

    std::uint64_t value_of(std::uint64_t number)
    {
        const std::optional<std::uint64_t> value = trial_.contestant().value_of(key_of(number));
        expect(value.has_value(), "a key is gone, number", number, number);
        return value.value_or(0);
    }

    // The hot key was counted up by every transaction, private keys three times.
    void check_counters(std::uint64_t transactions)
    {
        const std::uint64_t hot = value_of(0);
        expect(hot == transactions, "the hot counter", hot, transactions);
        std::uint64_t sum = 0;
        for (std::uint64_t number = 1; number < setting_.keys; ++number) sum += value_of(number);
        expect(sum == hot_private_adds * transactions, "the sum of private counters", sum,
               hot_private_adds * transactions);
    }

    // Every key is there, and holds what it held at first or what a thread put that works on it.
    void check_writers()
    {
        for (std::uint64_t number = 0; number < setting_.keys; ++number) {
            const std::uint64_t value = value_of(number);
            const std::uint64_t threads = static_cast<std::uint64_t>(setting_.threads);
            const std::optional<std::uint64_t> writer = Lane::writer_of(value);
            if (!writer)
                expect(value == number, "a value of the beginning", value, number);
            else if (setting_.scenario == Scenario::disjoint)
                expect(*writer == number % threads, "the thread that put a value", *writer, number % threads);
            else
                expect(*writer < threads, "the thread that put a value, of as many", *writer, threads);
        }
    }

    // Without puts each get answers the number of its key.
    void check_checksums()
    {
        std::unordered_map<std::uint64_t, std::uint64_t> numbers;
        for (std::uint64_t number = 0; number < setting_.keys; ++number) numbers[key_of(number)] = number;
        for (std::size_t thread = 0; thread < streams_.size(); ++thread) {
            const Lane &lane = trial_.lanes()[thread];
            const std::vector<std::uint64_t> &keys = streams_[thread].keys;
            std::uint64_t expected = 0;
            for (std::uint64_t i = 0; i < lane.transactions() * setting_.ops; ++i)
                expected += numbers[keys[i % keys.size()]];
            expect(lane.checksum() == expected, "the sum of what was got", lane.checksum(), expected);
        }
    }

    Trial &trial_;
    const Setting &setting_;
    const std::vector<Stream> &streams_;
    bool is_right_ = true;
};

bool run_one(const ContestantInfo &contestant, const Setting &setting, std::uint64_t seed, Crew &crew)
{
    const std::vector<Stream> streams = make_streams(setting, seed);
    Trial trial(contestant, setting, streams, crew);
    const Tally before = trial.contestant().tally();
    trial.measure(slice_ns);
    const Verdict verdict = trial.judge(slice_ns);
    const Tally after = trial.contestant().tally();
    const Tally tally = {after.commits - before.commits, after.aborts - before.aborts};
    std::printf("%-8s %-5s %d threads, %" PRIu64 " keys, %zu operations, %d %% puts: %" PRIu64 " commits, %" PRIu64
                " aborts\n",
                info(setting.scenario).name, contestant.name, setting.threads, setting.keys, setting.ops,
                setting.put_percent, tally.commits, tally.aborts);
    Checker checker(trial, setting, streams);
    checker.check(tally, verdict);
    std::fflush(stdout);
    return checker.is_right();
}

} // namespace

bool run_smoke(std::uint64_t seed)
{
    std::printf("seed %" PRIu64 "\n", seed);
    Crew crew(most_threads);
    bool are_right = true;
    for (Setting setting : settings()) {
        for (setting.threads = 1; setting.threads <= most_threads; setting.threads *= 2) {
            for (const ContestantInfo &contestant : contestants()) {
                if (contestant.one_thread_only && setting.threads > 1) continue;
                are_right &= run_one(contestant, setting, seed, crew);
            }
        }
    }
    const std::optional<double> ns = ping_pong_ns(crew);
    if (ns && !(*ns > 0)) {
        std::printf("wrong: the ping-pong probe: %g ns\n", *ns);
        are_right = false;
    }
    return are_right;
}

} // namespace bench
