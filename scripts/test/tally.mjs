/** What came of the tests, as it comes and at the end. */

const beatMs = 15_000;

export class Tally {
  #totals = { passed: 0, failed: 0, skipped: 0 };
  #suite = { name: "", passed: 0, failed: 0, skipped: 0, began: 0 };
  #skips = [];
  #beat;
  #write;

  constructor(write = (line) => console.log(line)) {
    this.#write = write;
  }

  begin(name) {
    this.#suite = { name, passed: 0, failed: 0, skipped: 0, began: Date.now() };
    this.#write(`${name} ...`);
    let shown = counts(this.#suite);
    this.#beat = setInterval(() => {
      if (shown !== counts(this.#suite)) this.#write(`  ${name}: ${counts(this.#suite)} so far`);
      shown = counts(this.#suite);
    }, beatMs);
  }

  /** `place` is the file or program; a failure shows itself at once. */
  add({ kind, name, place, reason, error }) {
    this.#suite[kind] += 1;
    this.#totals[kind] += 1;
    if (kind === "skipped") this.#skips.push(`  ${this.#suite.name}: ${name}: ${reason}`);
    if (kind === "failed") this.#write(`\n  failed: ${name}${place ? ` (${place})` : ""}\n${indented(error ?? "")}\n`);
  }

  end() {
    clearInterval(this.#beat);
    const { name, passed, failed, skipped, began } = this.#suite;
    if (passed + failed + skipped === 0) this.add({ kind: "failed", name, place: "", error: "the suite ran no test" });
    this.#write(`${name.padEnd(9)} ${counts(this.#suite)}   ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }

  close() {
    if (this.#skips.length > 0) this.#write(`\nskipped:\n${this.#skips.join("\n")}`);
    this.#write(`\n${counts(this.#totals)}`);
  }

  isGood() {
    return this.#totals.failed === 0 && this.#totals.passed > 0;
  }
}

const counts = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
const indented = (text) => text.replace(/^/gm, "    ");
