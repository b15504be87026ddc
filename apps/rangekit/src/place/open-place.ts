import { openFolder } from './folder.ts'
import type { Place, Problem } from './place.ts'
import { type PlaceAddress, readPlaceAddress } from './place-address.ts'
import { flagProblem, type PlaceFlags } from './place-flags.ts'

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

/** Clients of other servers are loaded where there is one: a folder does without. */
async function open(address: PlaceAddress, flags: PlaceFlags): Promise<Place | Problem> {
  switch (address.kind) {
    case 'folder':
      return openFolder(address.dir, flags)
    case 'bucket':
      return (await import('./bucket.ts')).openBucket(address, flags)
    case 'origin':
      return (await import('./origin.ts')).openOrigin(address, flags)
    case 'film':
      return (await import('./single-film.ts')).openFilm(address, flags)
  }
}
