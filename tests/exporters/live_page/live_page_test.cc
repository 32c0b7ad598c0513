#include "exporters/live_page/live_page.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

// What stands between the only `begin` and the `end` behind it.
std::string Between(std::string_view begin, std::string_view end) {
  const std::string_view page = LivePage();
  const std::size_t first = page.find(begin);
  EXPECT_EQ(page.find(begin, first + 1), std::string_view::npos) << "there are two of " << begin;
  const std::size_t start = first + begin.size();
  return std::string(page.substr(start, page.find(end, start) - start));
}

// As a browser computes it, by another program than the one that wrote the policy.
std::string HashOf(const std::string& text) {
  const std::string path = TemporaryPath("part");
  std::ofstream(path) << text;
  const std::string hash = RunCommand("openssl dgst -sha256 -binary " + path + " | openssl base64 -A").output;
  return "'sha256-" + hash + "'";
}

std::string Directive(const std::string& name) {
  const std::string policy = std::string(LivePagePolicy()) + ";";
  const std::size_t start = policy.find(name + " ") + name.size() + 1;
  return policy.substr(start, policy.find(';', start) - start);
}

TEST(LivePageTest, LetsExactlyItsOwnScriptAndStyleRun) {
  EXPECT_EQ(Directive("default-src"), "'none'");
  EXPECT_EQ(Directive("script-src"), HashOf(Between("<script>", "</script>")));
  EXPECT_EQ(Directive("style-src"), HashOf(Between("<style>", "</style>")));
  EXPECT_EQ(Directive("connect-src"), "'self'");
}

TEST(LivePageTest, IsOneWholeDocument) {
  EXPECT_TRUE(LivePage().starts_with("<!DOCTYPE html>\n"));
  EXPECT_TRUE(LivePage().ends_with("</html>\n"));
  EXPECT_EQ(LivePage().find(" src="), std::string_view::npos);
  EXPECT_EQ(LivePage().find("\nimport "), std::string_view::npos);
  EXPECT_EQ(LivePage().find("@script@"), std::string_view::npos);
}

TEST(LivePageTest, CarriesTheLicenceOfItsCharts) {
  EXPECT_NE(LivePage().find("Copyright (c) 2022 Leon Sorokin\n"), std::string_view::npos);
  EXPECT_NE(LivePage().find("Permission is hereby granted, free of charge"), std::string_view::npos);
}

}  // namespace
}  // namespace streamhouse::exporters
