/** Reads the kernel's way to write sets of cores, `0-2,5`; what is no number is left out. */
export function coresOf(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    if (
      first === undefined ||
      last === undefined ||
      !Number.isInteger(first) ||
      !(last >= first) ||
      part.trim() === ''
    )
      return [];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
