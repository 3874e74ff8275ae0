/**
 * Where a thread's program lies beside the module that starts it: TypeScript in a checkout, JavaScript in the package. The compiler
 * rewrites imports and no addresses.
 *
 * @param name without its ending
 * @param module `import.meta.url` of the module
 */
export function threadFile(name: string, module: string): URL {
  return new URL(`./${name}.${module.endsWith('.ts') ? 'ts' : 'js'}`, module);
}
