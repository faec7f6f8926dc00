#include "mayday/client/trigger.h"

#include <gtest/gtest.h>

#include <string>

namespace mayday {
namespace {

/// A session, and its clock.
struct Session {
  Trigger trigger;
  Timestamp now{1'800'000'000'000};

  bool opens(std::string_view error, std::string_view facts = "TypeError") {
    return trigger.opens(facts, error, now) != 0;
  }
};

TEST(Trigger, OpensOnceAMinuteAtMost) {
  Session session;
  EXPECT_TRUE(session.opens("first"));
  session.now.ms += trigger_pause_ms - 1;
  EXPECT_FALSE(session.opens("second"));
  session.now.ms += 1;
  EXPECT_TRUE(session.opens("second"));
  EXPECT_FALSE(session.opens("third"));
}

TEST(Trigger, OpensInTheFirstMinuteOfTime) {
  Session session;
  session.now.ms = 1;
  EXPECT_TRUE(session.opens("first"));
}

TEST(Trigger, NeverOpensTwiceForTheSameErrorInASession) {
  Session session;
  EXPECT_TRUE(session.opens("poll_launch|GET /polls/17 answered 500"));
  for (std::size_t hour = 1; hour < 5; ++hour) {
    session.now.ms += 3'600'000;
    EXPECT_FALSE(session.opens("poll_launch|GET /polls/4711 answered 500"));
    EXPECT_TRUE(session.opens("poll_launch|GET /votes answered 500" + std::string(hour, '!')));
  }
  EXPECT_TRUE(Session{}.opens("poll_launch|GET /polls/17 answered 500")) << "another session";
}

TEST(Trigger, WhatDidNotOpenIsNotRemembered) {
  Session session;
  EXPECT_TRUE(session.opens("first"));
  EXPECT_FALSE(session.opens("second")) << "too soon";
  EXPECT_FALSE(session.opens("third", "AbortError"));
  session.now.ms += trigger_pause_ms;
  EXPECT_TRUE(session.opens("third"));
  session.now.ms += trigger_pause_ms;
  EXPECT_TRUE(session.opens("second"));
}

TEST(Trigger, ASessionGoesOnInTheNextPage) {
  Session first;
  const std::uint32_t name = first.trigger.opens("", "one", first.now);
  ASSERT_NE(name, 0u);
  Session next;
  next.trigger.remember(name, first.now);
  EXPECT_FALSE(next.opens("two")) << "too soon";
  next.now.ms += trigger_pause_ms;
  EXPECT_FALSE(next.opens("one")) << "the same error";
  EXPECT_TRUE(next.opens("two"));
}

TEST(Trigger, NeverOpensForWhatIsCancelledExpectedOrNoise) {
  for (const char* facts : {"AbortError", "Error CANCELLED", "AxiosError ERR_CANCELED", "Error 499", "ValidationError",
                            "ZodError", "Error 422", "Error 400", "Error VALIDATION_ERROR", "Error noise"}) {
    Session session;
    EXPECT_FALSE(session.opens("one", facts)) << facts;
    EXPECT_TRUE(session.opens("one")) << "it was not remembered";
  }
}

TEST(Trigger, NeverOpensWhileOneIsOpenNorAfterItWasTurnedOff) {
  Session session;
  EXPECT_FALSE(session.opens("one", "Error open"));
  EXPECT_FALSE(session.opens("one", "muted"));
  EXPECT_TRUE(session.opens("one"));
}

TEST(Trigger, AWordForbidsWholeOrNotAtAll) {
  for (const char* facts :
       {"", " ", "Abort", "AbortErrors", "4", "4000", "ValidationError2", "reopen", "  500  Error"}) {
    EXPECT_TRUE(Session{}.opens("one", facts)) << facts;
  }
  EXPECT_FALSE(Session{}.opens("one", "  500   muted")) << "spaces between";
  EXPECT_FALSE(Session{}.opens("one", "muted 500")) << "another after it";
}

TEST(Trigger, RemembersABoundedNumberOfErrors) {
  Session session;
  const auto name = [](std::size_t i) { return std::string(i + 1, 'x'); };
  for (std::size_t i = 0; i <= trigger_errors_max; ++i) {
    EXPECT_TRUE(session.opens(name(i)));
    session.now.ms += trigger_pause_ms;
  }
  EXPECT_FALSE(session.opens(name(1))) << "the oldest that is remembered";
  EXPECT_TRUE(session.opens(name(0))) << "the one before it";
}

TEST(Trigger, AClockThatWasSetBackHoldsNothingUp) {
  Session session;
  EXPECT_TRUE(session.opens("first"));
  session.now.ms -= trigger_pause_ms - 1;
  EXPECT_FALSE(session.opens("second"));
  session.now.ms -= 1;
  EXPECT_TRUE(session.opens("second"));
}

}  // namespace
}  // namespace mayday
