const FLOAT = /^(-?)(\d+)(?:\.(\d*))?$|^(-?)\.(\d+)$/;

/**
 * A FIX float as the one decimal text that its value has: zeros that say nothing are gone. Text in, text out: no number is made of it.
 * Undefined for what is no float of FIX 4.4.
 */
export function plainDecimal(text: string): string | undefined {
  const parts = FLOAT.exec(text);
  if (parts === null) return undefined;
  const whole = (parts[2] ?? '0').replace(/^0+(?=\d)/, '');
  const fraction = (parts[3] ?? parts[5] ?? '').replace(/0+$/, '');
  const sign = parts[1] ?? parts[4] ?? '';
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The mean price of fills, as far as 8 digits behind those of the market, cut off: an AvgPx is for people. @param paid sum of ticks times lots */
export function meanPrice(paid: bigint, lots: bigint, priceDecimals: number): string {
  if (lots === 0n) return '0';
  const decimals = priceDecimals + 8;
  const digits = String((paid * 10n ** 8n) / lots).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
