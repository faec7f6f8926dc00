/** What a merge left behind, in any text of the house. */

const marker = /^(<{7}|={7}|>{7}|\|{7})( |$)/;

/** The lines that git wrote for somebody to choose from, as `{line, message}`. */
export function conflictProblems(file, text) {
  return text
    .split("\n")
    .flatMap((line, index) =>
      marker.test(line) ? [{ line: index + 1, message: "a merge is not finished here" }] : [],
    );
}
