import {
  andThen,
  type MaybePromise,
  type OpenOptions,
  type RangeSource,
  type Representation,
} from '@rangekit/range-core'

/** A representation of which all bytes are there. */
export interface WholeFile extends Representation {
  readonly completeLength: number
}

/** A source of files that are complete. */
export interface WholeFiles extends RangeSource {
  open(key: string, options?: OpenOptions): MaybePromise<WholeFile | undefined>
}

/** Whether all bytes of a file are there. */
export function isWhole(file: Representation): file is WholeFile {
  return file.completeLength !== undefined && file.isComplete !== false
}

/** The files of a source for those who need a whole one: under the key of one that is still being written is nothing. */
export function wholeFiles(source: RangeSource): WholeFiles {
  return {
    open: (key, options) =>
      andThen(source.open(key, options), (file) => {
        if (file === undefined || isWhole(file)) return file
        return andThen(file.close(), () => undefined)
      }),
  }
}
