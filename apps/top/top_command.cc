#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/commands.h"
#include "apps/flag_values.h"
#include "apps/output.h"
#include "apps/shutdown_signal.h"
#include "apps/top/access_flags.h"
#include "apps/top/current_figures.h"
#include "apps/top/figures.h"
#include "apps/top/read_program.h"
#include "apps/top/report.h"
#include "apps/top/screen.h"
#include "apps/top/screen_layout.h"
#include "apps/top/target.h"
#include "apps/top/target_addresses.h"
#include "metrics_core/clock.h"
#include "metrics_core/duration_text.h"

namespace streamhouse::apps {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto kOutcome = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kIntervalMin{100};
constexpr const char* kUrlDefault = "http://127.0.0.1:8080";

struct TopFlags {
  std::vector<Target> targets;
  std::chrono::milliseconds interval = std::chrono::seconds(2);
  bool is_once = false;
  OutputFormat format = OutputFormat::kLines;
  AccessFlags access;
};

// Several programs, read again and again by one thread, until a signal comes.
class Top {
 public:
  Top(const TopFlags& flags, Access access)
      : flags_(flags), access_(std::move(access)), next_round_(context_), round_done_(context_), signal_(context_) {
    for (const Target& target : flags.targets) {
      current_.Add(target.url);
      addresses_.emplace_back(target.address);
    }
    signal_.assign(::dup(shutdown_.fd()));
    signal_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code&) { context_.stop(); });
  }

  Status RunOnce() {
    asio::co_spawn(context_, ReadTwice(), asio::detached);
    context_.run();
    if (shutdown_.requested()) return {StatusCode::kAborted, "ended by a signal before the second reading"};
    if (Status printed = Print(); !printed.ok()) return printed;
    return current_.HasResponse() ? Status::Ok() : Status(StatusCode::kUnavailable, "no program answers");
  }

  Status RunLines() {
    Status printed;
    asio::co_spawn(context_, ReadForever([&] {
                     printed = Print();
                     if (!printed.ok()) context_.stop();
                   }),
                   asio::detached);
    context_.run();
    return printed;
  }

  // Nothing where there is no terminal that it could be drawn on.
  std::optional<Status> RunOnScreen() {
    asio::signal_set resized(context_, SIGWINCH);  // before ncurses, which leaves it alone then
    screen_ = Screen::Open();
    if (screen_ == nullptr) return std::nullopt;
    keyboard_.emplace(context_, ::dup(STDIN_FILENO));
    WaitForKey();
    WaitForResize(resized);
    answered_ = [this] { DrawSoon(); };
    DrawSoon();
    asio::co_spawn(context_, ReadForever([] {}), asio::detached);
    context_.run();
    screen_.reset();
    return Status::Ok();
  }

 private:
  std::chrono::milliseconds ResponseTime() const {
    return std::clamp<std::chrono::milliseconds>(flags_.interval, std::chrono::seconds(2), std::chrono::seconds(10));
  }

  asio::awaitable<void> ReadOne(std::size_t index) {
    Result<Reading> reading = co_await ReadProgram(flags_.targets[index], access_, addresses_[index], ResponseTime());
    current_.Take(index, std::move(reading));
    if (--asked_ == 0) round_done_.cancel();
    answered_();
  }

  asio::awaitable<void> ReadAll() {
    asked_ = flags_.targets.size();
    round_done_.expires_at(Clock::time_point::max());
    for (std::size_t i = 0; i < flags_.targets.size(); ++i) asio::co_spawn(context_, ReadOne(i), asio::detached);
    co_await round_done_.async_wait(kOutcome);
  }

  asio::awaitable<void> ReadTwice() {
    next_round_.expires_after(flags_.interval);
    co_await ReadAll();
    if (current_.HasResponse()) {
      co_await next_round_.async_wait(kOutcome);
      co_await ReadAll();
    }
    context_.stop();
  }

  asio::awaitable<void> ReadForever(std::function<void()> round_ended) {
    while (true) {
      next_round_.expires_after(flags_.interval);
      if (!layout_.is_paused()) {
        co_await ReadAll();
        round_ended();
      }
      co_await next_round_.async_wait(kOutcome);
    }
  }

  const Figures& FiguresNow() { return current_.Get(static_cast<double>(metrics::Clock::UnixMilliseconds()) / 1000); }

  Status Print() {
    const std::int64_t now_ms = metrics::Clock::UnixMilliseconds();
    if (flags_.format == OutputFormat::kJson) return PrintLine(ReportJson(FiguresNow(), now_ms));
    return PrintLine(ReportText(FiguresNow(), now_ms) + (flags_.is_once ? "" : "\n"));
  }

  // Keys and answers of one moment are drawn together.
  void DrawSoon() {
    if (std::exchange(is_draw_due_, true)) return;
    asio::post(context_, [this] {
      is_draw_due_ = false;
      screen_->Draw(layout_.Compose(FiguresNow(), screen_->Size()));
    });
  }

  void WaitForKey() {
    keyboard_->async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
      std::optional<Key> key = screen_->NextKey();
      // Readable without a key, again and again: the terminal has gone.
      silent_reads_ = key ? 0 : silent_reads_ + 1;
      if (error || silent_reads_ > kSilentReadsMax) return context_.stop();
      const bool was_paused = layout_.is_paused();
      for (; key; key = screen_->NextKey()) {
        if (layout_.Press(*key) == ScreenLayout::Action::kQuit) return context_.stop();
      }
      if (was_paused && !layout_.is_paused()) next_round_.cancel();
      DrawSoon();
      WaitForKey();
    });
  }

  void WaitForResize(asio::signal_set& resized) {
    resized.async_wait([this, &resized](const error_code& error, int) {
      if (error) return;
      screen_->Resize();
      DrawSoon();
      WaitForResize(resized);
    });
  }

  static constexpr int kSilentReadsMax = 100;

  const ShutdownSignal shutdown_;
  const TopFlags& flags_;
  const Access access_;
  CurrentFigures current_;
  std::function<void()> answered_ = [] {};  // called for each program that has answered or failed
  std::size_t asked_ = 0;                   // programs that have done neither yet in this round
  std::unique_ptr<Screen> screen_;
  ScreenLayout layout_;
  int silent_reads_ = 0;
  bool is_draw_due_ = false;
  // Coroutines use all of the above.
  asio::io_context context_{1};
  std::deque<TargetAddresses> addresses_;  // of the targets; they need the context
  asio::steady_timer next_round_;
  asio::steady_timer round_done_;
  asio::posix::stream_descriptor signal_;
  std::optional<asio::posix::stream_descriptor> keyboard_;
};

Status RunTop(TopFlags& flags) {
  if (flags.interval < kIntervalMin || flags.interval > metrics::kIntervalMax) {
    return {StatusCode::kInvalidArgument, "--interval: must be 100ms to 365d"};
  }
  if (flags.targets.empty()) flags.targets.push_back(*ParseTarget(kUrlDefault));
  Result<Access> access = MakeAccess(flags.access, flags.targets);
  if (!access.ok()) return access.status();
  // What is printable is for the terminal to say; numbers stay as they are.
  ::setlocale(LC_CTYPE, "");
  Top top(flags, *std::move(access));
  if (flags.is_once) return top.RunOnce();
  if (flags.format == OutputFormat::kLines) {
    if (const std::optional<Status> shown = top.RunOnScreen()) return *shown;
  }
  return top.RunLines();
}

void AddTargets(CLI::App& parser, std::vector<Target>& targets) {
  const auto add = [&targets](const std::vector<std::string>& urls) {
    for (const std::string& url : urls) {
      Result<Target> target = ParseTarget(url);
      if (!target.ok()) throw CLI::ValidationError("URL", target.status().message());
      const auto is_same = [&](const Target& other) { return other.url == target->url; };
      if (std::any_of(targets.begin(), targets.end(), is_same)) {
        throw CLI::ValidationError("URL", target->url + " is given twice");
      }
      targets.push_back(*std::move(target));
    }
  };
  parser.add_option_function<std::vector<std::string>>("URL", add, "Where the programs serve their pages")
      ->type_name("http://HOST:PORT|unix:///PATH|unix:@NAME")
      ->default_str(kUrlDefault);
}

}  // namespace

Command AddTopCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand(
      "top", "Show rates, lag, latencies and errors of running agents, producers and consumers");
  const auto flags = std::make_shared<TopFlags>();
  AddTargets(parser, flags->targets);
  AddDurationFlag(parser, "--interval", flags->interval, "How often the pages are read");
  parser.add_flag("--once", flags->is_once, "Read twice, --interval apart, print what happened in between, and end");
  AddJsonFlag(parser, flags->format);
  parser.get_option("--json")->description("Print a JSON document for each reading instead of lines");
  AddAccessFlags(parser, flags->access);
  return {.parser = &parser, .run = [flags] { return RunTop(*flags); }};
}

}  // namespace streamhouse::apps
