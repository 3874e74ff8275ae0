import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The first of `names` that `searchPath` (as in PATH) holds as an executable file, or undefined. */
export function findProgram(names: readonly string[], searchPath: string): string | undefined {
  const directories = searchPath.split(delimiter).filter(isAbsolute);
  for (const name of names) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (isExecutableFile(path)) return path;
    }
  }
  return undefined;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
