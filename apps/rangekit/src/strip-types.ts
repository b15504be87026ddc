import * as modules from 'node:module'

/** The part of Bun that is used here. */
interface BunTranspiler {
  readonly Transpiler: new (options: { readonly loader: 'ts' }) => { transformSync(source: string): string }
}

/**
 * Turns TypeScript into what a browser runs, in a checkout; what is published is built. Node says that its function is
 * experimental: `npm start` turns that warning off.
 */
export function stripTypes(source: string): string {
  const { Bun } = globalThis as { readonly Bun?: BunTranspiler }
  if (Bun !== undefined) return new Bun.Transpiler({ loader: 'ts' }).transformSync(source)
  return modules.stripTypeScriptTypes(source)
}
