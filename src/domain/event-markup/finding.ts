/** What is to be said about a document: where it stands, what is wrong, and which option gives what is missing. */

/** What a person, or an option of the command line, can add to a document. */
export type Need = 'zone' | 'currency' | 'capacity' | 'price' | 'range' | 'overlap' | 'window';

export type Finding = {
  /** An error keeps the event from being imported; a warning says what was assumed. */
  level: 'error' | 'warning';
  /** Which `<script>` of a page, from 1; 0 in a document that is JSON itself. */
  script: number;
  /** JSON Pointer (RFC 6901) into the document, or into the script. */
  pointer: string;
  text: string;
  /** What would mend it. */
  need?: Need;
};

export type Place = Pick<Finding, 'script' | 'pointer'>;

export function step(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Collects; whoever reads a part of a document is given one. */
export type Findings = {
  error(at: Place, text: string, need?: Need): void;
  warn(at: Place, text: string): void;
  list: Finding[];
};

export function findings(): Findings {
  const list: Finding[] = [];
  return {
    list,
    error({ script, pointer }, text, need) {
      list.push({ level: 'error', script, pointer, text, ...(need === undefined ? undefined : { need }) });
    },
    warn({ script, pointer }, text) {
      list.push({ level: 'warning', script, pointer, text });
    },
  };
}
