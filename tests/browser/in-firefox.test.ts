import { testIn } from "../support/browser-suite.ts";

testIn("Firefox");
