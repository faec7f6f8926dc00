import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** A path inside the repository. */
export const inRoot = (...parts) => path.join(root, ...parts);

/** In what the npm package carries of the repository (lib/npm-native.mjs) all but the origin is built already. */
export const isPackaged = !existsSync(inRoot("npm/src"));
/** How a person spells the front door. */
export const frontDoor = isPackaged ? "npx mayday" : "./mayday";
/** A log's path as the person would open it. */
export const shownLog = (log) => path.relative(process.cwd(), inRoot("build/logs", `${log}.log`));
