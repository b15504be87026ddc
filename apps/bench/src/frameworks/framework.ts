import type { PeerKind } from '../peers/kind.ts'

/** What a framework has of its own to serve files with. */
export type OwnHelper =
  | { readonly kind: 'server'; readonly server: PeerKind }
  /** A folder of the example, which the framework serves at `/`. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** There is none, or it cannot be measured. */
  | { readonly kind: 'none'; readonly reason: string }

/** A bucket of R2 on this machine, for an example that has no folder of files. */
export interface Bucket {
  readonly name: string
  /** Where its objects are, in the folder of the example. */
  readonly folder: string
}

/** How a framework is judged and shown. */
export interface Framework {
  readonly title: string
  /** The package whose version is shown, or the version itself. */
  readonly version: { readonly package: string } | { readonly printed: string }
  /** The file of the example with the door, and lines of it that are the door. */
  readonly door: { readonly file: string; readonly lines: readonly string[] }
  readonly own: OwnHelper
  /** The runtime; its own server is what the speed is compared with. */
  readonly runtime: 'node' | 'bun' | 'deno' | 'workerd'
  /** Default: it serves a folder. A bucket is not judged by memory, and its objects cannot be cut short. */
  readonly bucket?: Bucket
}

/** Frameworks by the name of their folder in `examples`. */
export type Frameworks = Readonly<Record<string, Framework>>
