/** What the tests see of scripts/, which is JavaScript. */

interface Problem {
  file: string;
  line: number;
  message: string;
  isWarning?: boolean;
}

declare module "*/scripts/check-layers.mjs" {
  export function houseProblems(root?: string): Problem[];
  export function describeProblem(problem: Problem): string;
}
declare module "*/scripts/check/layers.mjs" {
  export function layerProblems(file: string, text: string): { line: number; message: string }[];
}
declare module "*/scripts/check/sizes.mjs" {
  export function sizeProblems(file: string, text: string): { line: number; message: string; isWarning?: boolean }[];
  export function functionsIn(code: string, language: "cxx" | "script"): { line: number; size: number }[];
}
declare module "*/scripts/check/source-text.mjs" {
  export function withoutText(text: string, language: "cxx" | "script"): string;
}
declare module "*/scripts/lib/edge-host.mjs" {
  export const hosts: string[];
  export function edgeCommand(
    host: string,
    port: number,
    options?: { folder?: string | undefined; environment?: NodeJS.ProcessEnv; data?: string },
  ): { command: string; args: string[]; environment: NodeJS.ProcessEnv };
}
declare module "*/scripts/test/google-test.mjs" {
  export function outcomesIn(report: unknown, output: string): unknown[];
  export function runGoogleTest(
    program: string,
    options: { suiteMs: number },
    tell: (outcome: never) => void,
  ): Promise<void>;
}
declare module "*/scripts/test/node-tests.mjs" {
  export function runNodeTests(
    files: string[],
    options: { isAlone?: boolean; suiteMs: number },
    tell: (outcome: never) => void,
  ): Promise<void>;
}
declare module "*/scripts/test/tally.mjs" {
  export class Tally {
    constructor(write?: (line: string) => void);
    begin(name: string): void;
    add(outcome: { kind: string; name: string; place?: string; reason?: string; error?: string }): void;
    end(): void;
    close(): void;
    isGood(): boolean;
  }
}
