import { describe, expect, it } from 'vitest'
import type { PlaceAddress } from './place-address.ts'
import { flagProblem, type PlaceFlags } from './place-flags.ts'

const NONE: PlaceFlags = { digests: false, index: false, cacheStatus: false }
const FOLDER: PlaceAddress = { kind: 'folder', dir: '.' }
const BUCKET: PlaceAddress = { kind: 'bucket', bucket: 'films', prefix: '' }
const ORIGIN: PlaceAddress = { kind: 'origin', url: 'https://media.example/' }
const FILM: PlaceAddress = { kind: 'film', url: 'https://media.example/film.mp4', key: 'film.mp4' }

describe('the options of a place', () => {
  it.each<[string, PlaceAddress, Partial<PlaceFlags>]>([
    ['none for a folder', FOLDER, {}],
    ['digests and an index of a folder', FOLDER, { digests: true, index: true }],
    ['files of a folder that grow', FOLDER, { growing: true, growTimeout: 5 }],
    ['no growing files in a folder', FOLDER, { growing: false }],
    ['a cache and S3 options for a bucket', BUCKET, { cacheMemory: 0, s3Region: 'eu', s3PathStyle: false }],
    ['an index of a bucket', BUCKET, { index: true }],
    ['files that are being written in a folder', FOLDER, { growing: true, growTimeout: 5 }],
    ['only complete files in a folder', FOLDER, { growing: false }],
    ['several processes for a film', FILM, { workers: 4 }],
    ['fields for an origin', ORIGIN, { originHeader: { Authorization: 'Bearer x' }, cacheStatus: true }],
    [
      'a cache on disk for a film',
      FILM,
      { cacheDir: 'cache', cacheSize: 1, cacheMemory: 0, cacheStatus: true },
    ],
  ])('are fine: %s', (_, address, flags) => {
    expect(flagProblem(address, { ...NONE, ...flags })).toBeUndefined()
  })

  it.each<[string, PlaceAddress, Partial<PlaceFlags>]>([
    ['--cache-memory does not apply to a folder', FOLDER, { cacheMemory: 0 }],
    ['--cache-dir does not apply to a folder', FOLDER, { cacheDir: 'cache' }],
    ['--cache-status does not apply to a folder', FOLDER, { cacheStatus: true }],
    ['--s3-endpoint does not apply to a folder', FOLDER, { s3Endpoint: 'http://127.0.0.1' }],
    ['--s3-path-style does not apply to an HTTP origin', ORIGIN, { s3PathStyle: true }],
    ['--origin-header does not apply to an S3 bucket', BUCKET, { originHeader: {} }],
    ['--digests does not apply to an S3 bucket', BUCKET, { digests: true }],
    ['--index does not apply to an HTTP origin', ORIGIN, { index: true }],
    ['--index does not apply to a single film', FILM, { index: true }],
    ['--growing does not apply to an S3 bucket', BUCKET, { growing: true }],
    ['--grow-timeout does not apply to an HTTP origin', ORIGIN, { growTimeout: 5 }],
    ['--grow-timeout does not go with --no-growing', FOLDER, { growing: false, growTimeout: 5 }],
    ['--growing does not apply to an S3 bucket', BUCKET, { growing: true }],
    ['--grow-timeout does not apply to an HTTP origin', ORIGIN, { growTimeout: 5 }],
    ['--grow-timeout does not go with --no-growing', FOLDER, { growing: false, growTimeout: 5 }],
    ['--cache-size needs --cache-dir', BUCKET, { cacheSize: 1 }],
    ['--cache-status needs a cache', BUCKET, { cacheStatus: true, cacheMemory: 0 }],
  ])('are refused in one line: %s', (problem, address, flags) => {
    expect(flagProblem(address, { ...NONE, ...flags })).toBe(problem)
  })
})
