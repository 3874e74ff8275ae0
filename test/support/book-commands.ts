import { COMMAND_BYTES } from '../../engine/command.ts';

/** A GTC limit order, or the cancel of one, as packed records: tests of full books send millions. */
export interface BookCommand {
  readonly side?: number;
  readonly price?: bigint;
  readonly quantity?: bigint;
  /** The order to cancel; without it the command is an order. */
  readonly cancels?: bigint;
}

const PLACE = 1;
const CANCEL = 2;

/** Packs the commands of account 1. */
export function packBookCommands(commands: readonly BookCommand[]): Uint8Array {
  const bytes = new Uint8Array(commands.length * COMMAND_BYTES);
  const view = new DataView(bytes.buffer);
  commands.forEach(({ side = 0, price = 0n, quantity = 0n, cancels }, index) => {
    const at = index * COMMAND_BYTES;
    view.setUint8(at, cancels === undefined ? PLACE : CANCEL);
    view.setUint8(at + 1, cancels === undefined ? side : 0);
    view.setUint32(at + 4, 1, true);
    view.setBigUint64(at + 8, cancels ?? BigInt(index), true);
    view.setBigUint64(at + 16, price, true);
    view.setBigUint64(at + 24, quantity, true);
  });
  return bytes;
}
