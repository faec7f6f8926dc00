/** A file that begins anew before it is larger than 10 MB, with three backups: `.1` is the newest. */

import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";

export const fileBytesMax = 10_000_000;
const backups = 3;

// Never through a link that somebody else has put there.
const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/** Appends all of `bytes` or, throwing, nothing. Holds no file open: a thousand sessions would be a thousand of them. */
export function appendRotating(path: string, bytes: Uint8Array): void {
  let file = openSync(path, flags, 0o600);
  try {
    const { size } = fstatSync(file);
    if (size > 0 && size + bytes.length > fileBytesMax) {
      closeSync(file);
      rotate(path);
      file = openSync(path, flags, 0o600);
    }
    appendWhole(file, bytes);
  } finally {
    closeSync(file);
  }
}

/** Where the disk takes only a part, that part is cut off again. */
export function appendWhole(file: number, bytes: Uint8Array): void {
  const { size } = fstatSync(file);
  try {
    if (writeSync(file, bytes) !== bytes.length) throw new Error("the disk took only a part of a write");
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}

function rotate(path: string): void {
  for (let backup = backups; backup > 1; backup -= 1) renameIfThere(`${path}.${backup - 1}`, `${path}.${backup}`);
  renameSync(path, `${path}.1`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
