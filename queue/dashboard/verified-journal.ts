import { type Fields, record } from './wire.ts';

/** Root and count as `proofbook verify --json` prints them. */
export interface PrintedRoot {
  readonly transitionsRoot: string;
  readonly transitionCount: string;
}

/**
 * The root of a batch (of the first one when that is '') in what `proofbook verify --json` printed, so that the whole line can be pasted. Undefined for any other
 * text, and for receipts that it refused.
 */
export function printedRootIn(pasted: string, batchNumber: string): PrintedRoot | undefined {
  if (!pasted.trimStart().startsWith('{')) return undefined;
  try {
    const { receipts } = record(JSON.parse(pasted), 'output');
    const verified = (Array.isArray(receipts) ? receipts : [])
      .map((receipt): Fields => record(receipt, 'receipt'))
      .filter(({ verified }) => verified === true);
    const fits =
      batchNumber === '' ? verified[0] : verified.find((receipt) => receipt.batchNumber === batchNumber);
    if (typeof fits?.transitionsRoot !== 'string') return undefined;
    return { transitionsRoot: fits.transitionsRoot, transitionCount: String(fits.transitionCount) };
  } catch {
    return undefined;
  }
}
