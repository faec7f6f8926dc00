#include "mayday/filter/redact_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "case_files.h"

namespace mayday {
namespace {

using test::Json;

std::string in_page(const std::string& text, schema::Profile profile) {
  Buffer out;
  redact_in_page(text, profile, out);
  return std::string(out.view());
}

std::string at_edge(const std::string& text, schema::Profile profile) {
  Buffer out;
  return redact(text, profile, out).changed ? std::string(out.view()) : text;
}

std::vector<Json> corpus(const std::string& ending) {
  std::vector<Json> all;
  const auto add = [&](const std::string& name) {
    for (Json& entry : test::read_cases("redact/" + name)) all.push_back(std::move(entry));
  };
  add(ending);
  for (const std::string& name : test::held_out_corpora) add(name + "_" + ending);
  return all;
}

std::string text_of(const Json& entry, const char* member = "in") { return entry[member].get<std::string>(); }
schema::Profile profile_of(const Json& entry) { return test::profile_named(text_of(entry, "profile")); }

bool lists(const Json& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

TEST(RedactPage, LeavesWhatTheEdgeLeaves) {
  for (const Json& entry : corpus("stays.json")) {
    EXPECT_EQ(in_page(text_of(entry), profile_of(entry)), text_of(entry)) << text_of(entry, "profile");
  }
}

TEST(RedactPage, TakesOutEachKindThatItPromises) {
  const Json promise = test::read_cases("redact/page.json")[0];
  int gone = 0, left = 0;
  for (const Json& entry : corpus("goes.json")) {
    if (!lists(promise["kinds"], text_of(entry, "kind"))) continue;
    const std::string out = in_page(text_of(entry), profile_of(entry));
    const bool is_gone = out.find(text_of(entry, "secret")) == std::string::npos;
    EXPECT_NE(is_gone, lists(promise["left"], text_of(entry))) << text_of(entry) << "\n  became " << out;
    ++(is_gone ? gone : left);
  }
  std::cout << "of the kinds that a page promises " << gone << " went, " << left << " are left to the edge\n";
}

TEST(RedactPage, TakesOutMostPasswords) {
  int gone = 0, all = 0;
  for (const Json& entry : corpus("goes.json")) {
    if (text_of(entry, "kind") != "password" && !text_of(entry, "kind").starts_with("pair")) continue;
    gone += in_page(text_of(entry), profile_of(entry)).find(text_of(entry, "secret")) == std::string::npos;
    ++all;
  }
  std::cout << gone << " of " << all << " passwords went; the others are left to the edge\n";
  EXPECT_GE(2 * gone, all);
}

/// What a page took out must not hide from the edge what it left.
TEST(RedactPage, LeavesTheRestForTheEdgeToFind) {
  for (const Json& entry : corpus("goes.json")) {
    const std::string once = in_page(text_of(entry), profile_of(entry));
    EXPECT_EQ(in_page(once, profile_of(entry)), once) << "the second time";
    EXPECT_EQ(at_edge(once, profile_of(entry)).find(text_of(entry, "secret")), std::string::npos)
        << text_of(entry) << "\n  left the page as " << once;
  }
}

TEST(RedactPage, KnowsANameOfASecret) {
  for (const char* name : {"password", "authToken", "api_key", "x-api-key", "Authorization", "cookies", "session"}) {
    EXPECT_TRUE(is_secret_in_page(name)) << name;
  }
  for (const char* name : {"session_id", "route", "token_count", "password.js", "tokens", "message", ""}) {
    EXPECT_FALSE(is_secret_in_page(name)) << name;
  }
}

}  // namespace
}  // namespace mayday
