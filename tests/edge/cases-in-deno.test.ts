import { describeHost } from "../support/host-cases.ts";

describeHost("deno");
