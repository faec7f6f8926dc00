/** A module with the edge's exports that traps where a body begins with `!`, for the real one must give no way to. */

import binaryen from "binaryen";

/** The reply stands at 64, the frame at 4096. `handle` counts; the count is its answer's status, from 201 on. */
const text = `(module
  (memory (export "memory") 4)
  (global $calls (mut i32) (i32.const 200))
  (func (export "reserve") (param i32) (result i32) (i32.const 4096))
  (func (export "body_bytes_read_max") (result i32) (i32.const 1000))
  (func (export "configure") (param i32) (result i32)
    (i32.store (i32.const 64) (i32.const 200))
    (i32.const 64))
  (func (export "handle") (param $bytes i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 4096))
    (loop $scan
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 33)) (then (unreachable)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $scan (i32.lt_u (local.get $at) (i32.add (i32.const 4096) (local.get $bytes)))))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 64) (global.get $calls))
    (i32.const 64))
  (func (export "refuse") (result i32) (i32.const 64)))`;

export function trappingModule(): Uint8Array<ArrayBuffer> {
  const parsed = binaryen.parseText(text);
  const bytes = parsed.emitBinary();
  parsed.dispose();
  return new Uint8Array(bytes);
}
