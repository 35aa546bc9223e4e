#include "output.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <truce/settings.h>
#include <unistd.h>

#include "median.h"

namespace bench {
namespace {

const char *clock_name()
{
    return truce_clock() == TRUCE_CLOCK_COUNTER ? "counter" : "deferred";
}

std::string decimal(double number, int digits)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, number);
    return text;
}

} // namespace

Output::Output(const Options &options) : options_(options), shows_progress_(isatty(STDERR_FILENO) != 0)
{
    if (options_.json) {
        std::printf("[");
        return;
    }
    std::printf("truce %s, clock %s, %zu CPUs (%s), seed %" PRIu64 "; medians of %d repeats of %g s\n\n",
                truce_version(), clock_name(), usable_cpus().size(), processor_name().c_str(), options_.seed,
                options_.repeats, options_.seconds);
    std::printf("%-9s %7s %9s %5s %4s  %-10s %9s %9s %8s  %-20s %8s  %-15s %8s %12s\n", "scenario", "threads", "keys",
                "ops", "put%", "contestant", "Mtx/s", "Mops/s", "ns/op", "over plain (range)", "aborts%",
                "false/judged", "starved%", "ping-pong ns");
    std::fflush(stdout);
}

void Output::progress(const Setting &setting, int repeat)
{
    ++repeats_begun_;
    if (!shows_progress_) return;
    const std::size_t all = options_.settings.size() * static_cast<std::size_t>(options_.repeats);
    std::fprintf(stderr, "\r\033[K[%zu/%zu] %s: %d threads, %" PRIu64 " keys, %zu operations, %d %% puts, repeat %d",
                 repeats_begun_, all, info(setting.scenario).name, setting.threads, setting.keys, setting.ops,
                 setting.put_percent, repeat + 1);
}

void Output::clear_progress() const
{
    if (shows_progress_) std::fprintf(stderr, "\r\033[K");
}

void Output::repeat_done(const Setting &setting, int repeat, const std::vector<Figures> &figures)
{
    clear_progress();
    if (options_.json) {
        for (const Figures &one : figures) print_object(setting, repeat, one);
    } else {
        repeats_.push_back(figures);
        if (repeats_.size() < static_cast<std::size_t>(options_.repeats)) return;
        for (std::size_t contestant = 0; contestant < figures.size(); ++contestant) print_row(setting, contestant);
        repeats_.clear();
    }
    std::fflush(stdout);
}

void Output::done()
{
    if (options_.json) std::printf("\n]\n");
}

void Output::print_object(const Setting &setting, int repeat, const Figures &figures)
{
    std::printf("%s\n  {\"scenario\": \"%s\", \"contestant\": \"%s\", \"threads\": %d, \"keys\": %" PRIu64
                ", \"ops\": %zu, \"put\": %d, \"repeat\": %d, \"clock\": \"%s\"",
                has_object_ ? "," : "", info(setting.scenario).name, figures.contestant.c_str(), setting.threads,
                setting.keys, setting.ops, setting.put_percent, repeat, clock_name());
    std::printf(", \"tx_per_s\": %.0f, \"ops_per_s\": %.0f, \"commits\": %" PRIu64 ", \"aborts\": %" PRIu64
                ", \"judged_conflicts\": %" PRIu64 ", \"false_conflicts\": %" PRIu64 ", \"starved\": %.4f",
                figures.tx_per_s, figures.tx_per_s * static_cast<double>(setting.ops), figures.tally.commits,
                figures.tally.aborts, figures.verdict.conflicts, figures.verdict.false_conflicts, figures.starved);
    std::printf(", \"time_over_plain\": %.4f, \"ping_pong_ns\": %s}", figures.time_over_plain,
                figures.ping_pong_ns ? decimal(*figures.ping_pong_ns, 1).c_str() : "null");
    has_object_ = true;
}

void Output::print_row(const Setting &setting, std::size_t contestant) const
{
    std::vector<double> tx_per_s;
    std::vector<double> over_plain;
    std::vector<double> starved;
    std::vector<double> ping_pong_ns;
    Tally tally = {0, 0};
    Verdict verdict = {0, 0};
    for (const std::vector<Figures> &repeat : repeats_) {
        const Figures &figures = repeat[contestant];
        tx_per_s.push_back(figures.tx_per_s);
        over_plain.push_back(figures.time_over_plain);
        starved.push_back(figures.starved);
        if (figures.ping_pong_ns) ping_pong_ns.push_back(*figures.ping_pong_ns);
        tally.commits += figures.tally.commits;
        tally.aborts += figures.tally.aborts;
        verdict.conflicts += figures.verdict.conflicts;
        verdict.false_conflicts += figures.verdict.false_conflicts;
    }
    const double ops_per_s = median(tx_per_s) * static_cast<double>(setting.ops);
    const auto [least, most] = std::minmax_element(over_plain.begin(), over_plain.end());
    const std::string range =
        decimal(median(over_plain), 2) + " (" + decimal(*least, 2) + "-" + decimal(*most, 2) + ")";
    const double aborted = static_cast<double>(tally.aborts) / static_cast<double>(tally.commits + tally.aborts);
    const std::string judged = std::to_string(verdict.false_conflicts) + "/" + std::to_string(verdict.conflicts);
    const std::string ping_pong = ping_pong_ns.empty() ? "-" : decimal(median(ping_pong_ns), 1);

    std::printf("%-9s %7d %9" PRIu64 " %5zu %4d  %-10s", info(setting.scenario).name, setting.threads, setting.keys,
                setting.ops, setting.put_percent, repeats_.front()[contestant].contestant.c_str());
    std::printf(" %9.3f %9.2f %8.1f  %-20s", median(tx_per_s) / 1e6, ops_per_s / 1e6, 1e9 / ops_per_s, range.c_str());
    std::printf(" %8.3g  %-15s %8.1f %12s\n", aborted * 100, judged.c_str(), median(starved) * 100, ping_pong.c_str());
}

void print_list()
{
    std::printf("scenarios\n");
    for (const ScenarioInfo &one : scenarios()) std::printf("  %-9s %s\n", one.name, one.description);
    std::printf("contestants\n");
    for (const ContestantInfo &one : contestants()) std::printf("  %-9s %s\n", one.name, one.description);
}

} // namespace bench
