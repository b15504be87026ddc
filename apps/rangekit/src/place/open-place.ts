import type { MaybePromise } from '@rangekit/range-core'
import { openBucket } from './bucket.ts'
import { openFolder } from './folder.ts'
import { openOrigin } from './origin.ts'
import type { Place, Problem } from './place.ts'
import { type PlaceAddress, readPlaceAddress } from './place-address.ts'
import { flagProblem, type PlaceFlags } from './place-flags.ts'
import { openFilm } from './single-film.ts'

/**
 * Opens what the argument of the command names, and tries it: nothing is served from a place that cannot be reached.
 *
 * @returns what is wrong, if something is.
 */
export async function openPlace(text: string, flags: PlaceFlags): Promise<Place | Problem> {
  const address = readPlaceAddress(text)
  if ('problem' in address) return address
  const problem = flagProblem(address, flags)
  return problem === undefined ? open(address, flags) : { problem }
}

function open(address: PlaceAddress, flags: PlaceFlags): MaybePromise<Place | Problem> {
  switch (address.kind) {
    case 'folder':
      return openFolder(address.dir, flags)
    case 'bucket':
      return openBucket(address, flags)
    case 'origin':
      return openOrigin(address, flags)
    case 'film':
      return openFilm(address, flags)
  }
}
