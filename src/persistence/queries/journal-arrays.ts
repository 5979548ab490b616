/**
 * Columns for bulk statements: each is one parameter, the text of a PostgreSQL array, unnested on the other side. Made by
 * joining, because quoting every element of a batch costs more than the statement it is for.
 */

/** Of what needs no quotes inside an array: ids, numbers, booleans, words of ours. */
export function column(values: readonly (string | number | boolean | null)[]): string {
  let text = '{';
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ',';
    text += values[at] ?? 'NULL';
  }
  return `${text}}`;
}
