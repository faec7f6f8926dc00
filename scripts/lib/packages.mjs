/** Which Debian packages which work needs, and that they and npm's are there. */

import { readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { step, passThrough } from "./run.mjs";
import { UserError } from "./report.mjs";

const debian = {
  native: [
    "cmake",
    "ninja-build",
    "g++",
    "libboost1.81-dev|libboost-dev",
    "libcurl4-openssl-dev|libcurl4-gnutls-dev",
    "libhiredis-dev",
    "libpq-dev",
    "libsodium-dev",
    "libsqlite3-dev",
    "nlohmann-json3-dev",
    "pkg-config",
    "zlib1g-dev",
  ],
  tests: ["libgtest-dev"],
  edge: [
    "cmake",
    "ninja-build",
    "clang-19",
    "lld-19",
    "wasi-libc",
    "libc++-19-dev-wasm32",
    "libclang-rt-19-dev-wasm32",
  ],
  clickhouse: ["g++"],
  postgres: ["postgresql", "util-linux"],
  client: ["cmake", "ninja-build", "emscripten"],
  browser: ["chromium"],
  // WebKit's has no headless mode: it is given a screen.
  browsers: ["chromium", "firefox-esr", "webkit2gtk-driver", "xvfb"],
  origin: ["chromium", "nginx", "postgresql", "redis-server", "util-linux"],
  e2e: ["chromium", "sqlite3", "util-linux"],
  check: ["clang-format-19", "clang-tidy-19"],
  sanitize: ["clang-19", "libclang-rt-19-dev"],
};

/** `areas` are keys of the table above. */
export async function ensurePackages(...areas) {
  const packages = [...new Set(areas.flatMap((area) => debian[area]))];
  const code = await passThrough(inRoot("scripts/install-packages.sh"), packages);
  if (code !== 0) throw new UserError(`this needs Debian packages that are not there: ${packages.join(" ")}`);
}

/**
 * What package-lock.json says, where node_modules is not that already. Not by `npm ci`: from npm 11 on it refuses a lock file
 * that lacks other platforms' optional packages, which a mirror of the registry may not have.
 */
export async function ensureNodeModules() {
  if (nodeModulesAreCurrent()) return;
  await step("installing npm packages", "npm", "npm", ["install", "--no-save", "--no-audit", "--no-fund"], {
    hint: "Is the network there? Then try again",
  });
}

function nodeModulesAreCurrent() {
  try {
    const wanted = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")).packages;
    const installed = JSON.parse(readFileSync(inRoot("node_modules/.package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(
      ([name, { version, optional }]) => name === "" || optional || installed[name]?.version === version,
    );
  } catch {
    return false;
  }
}
