#include "options.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <getopt.h>
#include <truce/settings.h>

namespace bench {

const char *const usage =
    "usage: truce-bench [option...]\n"
    "  --scenario S[,S]        scenarios (default: all; --list names them)\n"
    "  --threads N[,N]         threads (default: 1,2)\n"
    "  --keys N[,N]            keys, accounts, elements of index (default: 10000); items that a queue or pool begins\n"
    "                          with (default: 1000)\n"
    "  --ops N[,N]             operations a transaction of disjoint, mixed and index (default: 16)\n"
    "  --put PERCENT[,PERCENT] puts among these, the rest are gets (default: disjoint and index 50, mixed 10)\n"
    "  --seconds S             measured time for each contestant, setting and repeat (default: 0.3)\n"
    "  --repeat N              repeats, each with fresh collections (default: 5)\n"
    "  --against NAME[,NAME]   contestants beside truce, or none (default: plain,mutex)\n"
    "  --seed N                of the streams of operations (default: 1)\n"
    "  --clock deferred|counter\n"
    "  --json                  an array, an object for each contestant, setting and repeat\n"
    "  --list                  scenarios and contestants\n"
    "  --smoke                 runs everything briefly and checks the answers\n"
    "  --help\n"
    "\n"
    "Contestants take turns in short slices in one process; figures are medians of the slices.\n"
    "  over plain    time_over_plain: the time an operation takes over that of plain, absl's flat_hash_map or the "
    "like\n"
    "                without locks on one thread, in the same round; with several threads, wall time over the\n"
    "                operations of all\n"
    "  Mtx/s         finding a queue empty is not counted\n"
    "  aborts        attempts that did not commit\n"
    "  false/judged  false_conflicts, judged_conflicts: counted apart from the timing, in another slice after each "
    "one\n"
    "                with aborts, in which the bench looks at each conflict itself: it is false when what was "
    "observed\n"
    "                and what was found instead are equal\n"
    "  starved       share of the time in which threads were ready to run but others had the CPU. Slices with more "
    "than\n"
    "                1 % of that are taken again, up to three times; on a busy machine figures of several threads "
    "mean\n"
    "                little\n"
    "  ping-pong     the time it takes one core to see what another wrote; figures of several threads compare only\n"
    "                where it is alike\n";

namespace {

constexpr std::uint64_t most_threads = 256;
constexpr std::uint64_t most_keys = 100000000;
constexpr std::uint64_t most_ops = 1000000;
constexpr double most_seconds = 3600;

std::vector<std::string> split(const std::string &list)
{
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        parts.push_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::uint64_t parse_number(const std::string &option, const std::string &text, std::uint64_t least, std::uint64_t most)
{
    std::uint64_t number = 0;
    const char *const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number < least || number > most) {
        throw UsageError("--" + option + " takes a number from " + std::to_string(least) + " to " +
                         std::to_string(most) + ", not '" + text + "'");
    }
    return number;
}

std::vector<std::uint64_t> parse_numbers(const std::string &option, const std::string &list, std::uint64_t least,
                                         std::uint64_t most)
{
    std::vector<std::uint64_t> numbers;
    for (const std::string &part : split(list)) numbers.push_back(parse_number(option, part, least, most));
    return numbers;
}

double parse_seconds(const std::string &text)
{
    char *rest = nullptr;
    const double seconds = std::strtod(text.c_str(), &rest);
    if (text.empty() || *rest != '\0' || !(seconds > 0) || seconds > most_seconds) {
        throw UsageError("--seconds takes a time above 0 and up to 3600, not '" + text + "'");
    }
    return seconds;
}

// The one of `all` with this name.
template <class Info>
const Info &find_named(const std::vector<Info> &all, const std::string &what, const std::string &name)
{
    const auto found = std::find_if(all.begin(), all.end(), [&name](const Info &one) { return name == one.name; });
    if (found == all.end()) throw UsageError("there is no " + what + " '" + name + "'; see --list");
    return *found;
}

int parse_clock(const std::string &text)
{
    if (text == "deferred") return TRUCE_CLOCK_DEFERRED;
    if (text == "counter") return TRUCE_CLOCK_COUNTER;
    throw UsageError("--clock is deferred or counter, not '" + text + "'");
}

// The lists of the command line, of which the settings are all combinations.
struct Choice {
    std::vector<Scenario> scenarios;
    std::vector<std::uint64_t> threads = {1, 2};
    std::vector<std::uint64_t> keys; // empty: the scenario's own
    std::vector<std::uint64_t> ops = {16};
    std::vector<std::uint64_t> put; // empty: the scenario's own
};

void add_settings(const Choice &choice, const ScenarioInfo &one, std::uint64_t threads, std::uint64_t keys,
                  std::vector<Setting> &settings)
{
    Setting setting = {one.scenario, static_cast<int>(threads), keys, one.ops, one.put_percent};
    const std::uint64_t fewest = fewest_keys(one.scenario, setting.threads);
    if (keys < fewest) {
        throw UsageError(std::string(one.name) + " with " + std::to_string(threads) + " threads needs " +
                         std::to_string(fewest) + " keys at least");
    }
    if (one.ops != 0) {
        settings.push_back(setting);
        return;
    }
    const std::uint64_t own_put = static_cast<std::uint64_t>(one.put_percent);
    for (const std::uint64_t ops : choice.ops) {
        for (const std::uint64_t put : choice.put.empty() ? std::vector<std::uint64_t>{own_put} : choice.put) {
            setting.ops = static_cast<std::size_t>(ops);
            setting.put_percent = static_cast<int>(put);
            settings.push_back(setting);
        }
    }
}

std::vector<Setting> combine(const Choice &choice)
{
    std::vector<Setting> settings;
    for (const Scenario scenario : choice.scenarios) {
        const ScenarioInfo &one = info(scenario);
        for (const std::uint64_t keys : choice.keys.empty() ? std::vector<std::uint64_t>{one.keys} : choice.keys) {
            for (const std::uint64_t threads : choice.threads) add_settings(choice, one, threads, keys, settings);
        }
    }
    return settings;
}

std::vector<ContestantInfo> parse_against(const std::string &list)
{
    std::vector<ContestantInfo> chosen = {contestant("truce")};
    if (list == "none") return chosen;
    for (const std::string &name : split(list)) {
        const ContestantInfo &one = find_named(contestants(), "contestant", name);
        const bool is_chosen = std::any_of(chosen.begin(), chosen.end(), [&](const auto &c) { return name == c.name; });
        if (!is_chosen) chosen.push_back(one);
    }
    return chosen;
}

} // namespace

Options parse_options(int argc, char **argv)
{
    static const option known[] = {
        {"scenario", required_argument, nullptr, 's'},
        {"threads", required_argument, nullptr, 't'},
        {"keys", required_argument, nullptr, 'k'},
        {"ops", required_argument, nullptr, 'o'},
        {"put", required_argument, nullptr, 'p'},
        {"seconds", required_argument, nullptr, 'd'},
        {"repeat", required_argument, nullptr, 'r'},
        {"against", required_argument, nullptr, 'a'},
        {"seed", required_argument, nullptr, 'e'},
        {"clock", required_argument, nullptr, 'c'},
        {"json", no_argument, nullptr, 'j'},
        {"list", no_argument, nullptr, 'l'},
        {"smoke", no_argument, nullptr, 'm'},
        {"help", no_argument, nullptr, 'h'},
        {nullptr, 0, nullptr, 0},
    };
    Options options;
    options.contestants = contestants();
    Choice choice;
    for (const ScenarioInfo &one : scenarios()) choice.scenarios.push_back(one.scenario);

    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
        const std::string value = optarg == nullptr ? "" : optarg;
        switch (letter) {
        case 's':
            choice.scenarios.clear();
            for (const std::string &name : split(value)) {
                choice.scenarios.push_back(find_named(scenarios(), "scenario", name).scenario);
            }
            break;
        case 't':
            choice.threads = parse_numbers("threads", value, 1, most_threads);
            break;
        case 'k':
            choice.keys = parse_numbers("keys", value, 1, most_keys);
            break;
        case 'o':
            choice.ops = parse_numbers("ops", value, 1, most_ops);
            break;
        case 'p':
            choice.put = parse_numbers("put", value, 0, 100);
            break;
        case 'd':
            options.seconds = parse_seconds(value);
            break;
        case 'r':
            options.repeats = static_cast<int>(parse_number("repeat", value, 1, 10000));
            break;
        case 'a':
            options.contestants = parse_against(value);
            break;
        case 'e':
            options.seed = parse_number("seed", value, 0, UINT64_MAX);
            break;
        case 'c':
            options.clock = parse_clock(value);
            break;
        case 'j':
            options.json = true;
            break;
        case 'l':
            options.task = Task::list;
            break;
        case 'm':
            options.task = Task::smoke;
            break;
        case 'h':
            options.task = Task::help;
            break;
        default:
            throw UsageError(std::string("'") + argv[optind - 1] + "' is no option, or lacks its value");
        }
    }
    if (optind < argc) throw UsageError(std::string("'") + argv[optind] + "' is not expected");
    options.settings = combine(choice);
    return options;
}

} // namespace bench
