import { describeHost } from "../support/host-cases.ts";

describeHost("edge-runtime");
