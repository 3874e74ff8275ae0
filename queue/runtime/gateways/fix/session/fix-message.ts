import type { FixScanner } from '../fix-scanner.ts';

/** Tag and value. */
export type FixField = readonly [number, string];

const MSG_TYPE = 35;

/** One message whose frame is right, with its fields as they came; the first of a tag counts, but in repeating groups, which nobody reads. */
export class FixMessage {
  readonly fields: readonly FixField[];
  readonly #first = new Map<number, string>();

  constructor(fields: readonly FixField[]) {
    this.fields = fields;
    for (const [tag, value] of fields) if (!this.#first.has(tag)) this.#first.set(tag, value);
  }

  /** What the scanner has just found complete. */
  static ofScanner(scanner: FixScanner): FixMessage {
    const fields: FixField[] = [];
    for (let row = 0; row < scanner.fieldCount; row++) fields.push([scanner.tagAt(row), scanner.textAt(row)]);
    return new FixMessage(fields);
  }

  get type(): string {
    return this.get(MSG_TYPE) ?? '';
  }

  get(tag: number): string | undefined {
    return this.#first.get(tag);
  }

  /** Whether a flag is Y; an absent one is not. */
  isSet(tag: number): boolean {
    return this.get(tag) === 'Y';
  }

  /** A field that is a whole number without a sign, of 1 to 9 digits; undefined for anything else. */
  whole(tag: number): number | undefined {
    const text = this.get(tag);
    return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  }
}
