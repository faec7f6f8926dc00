/** The messages that the support widget begins with. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { actionTypes, messageOf } from "../../npm/src/support/actions.ts";

const categories = "auth campaign session poll push websocket payment upload search settings workflow generic".split(
  " ",
);

/** Named in SPEC 3.4. */
const named =
  "auth_login auth_callback auth_logout campaign_fetch campaign_create campaign_delete session_launch session_close poll_launch poll_cancel poll_fetch_results push_subscribe push_unsubscribe websocket_connect websocket_reconnect generic_server_error generic_network_error generic_timeout".split(
    " ",
  );

test("there are more than 60 actions, in every category, each once", () => {
  const actions = actionTypes();
  assert.ok(actions.length > 60, `${actions.length}`);
  assert.equal(new Set(actions).size, actions.length);
  assert.deepEqual(new Set(actions.map((action) => action.split("_")[0])), new Set(categories));
  for (const action of named) assert.ok(actions.includes(action), action);
});

test("each has a sentence of its own, in English and in French", () => {
  for (const isFrench of [false, true]) {
    const messages = actionTypes().map((action) => messageOf(action, isFrench));
    assert.equal(new Set(messages).size, messages.length);
    for (const message of messages) assert.match(message, /^[A-Z][^|{}]{5,70}\.$/);
  }
  for (const action of actionTypes()) assert.notEqual(messageOf(action, false), messageOf(action, true));
});

test("an action that nobody knows is something unexpected, whatever it is called", () => {
  for (const action of ["", "nobody_knows", "__proto__", "constructor", "|", "auth", "auth_login|sign in", "\n"])
    assert.equal(messageOf(action, false), "Something unexpected went wrong.", action);
});
