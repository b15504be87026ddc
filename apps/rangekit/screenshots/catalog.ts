import type { Landscape } from './landscape.ts'

/** What a film shows, and how long and large it is. */
export interface Film {
  /** Its path in the library. */
  readonly file: string
  readonly picture: Landscape
  /** Pixels. */
  readonly size: readonly [width: number, height: number]
  /** How often its loop is repeated. */
  readonly loops: number
  /** Bits per second, kept by padding. Default: as few as the picture needs. */
  readonly bitrate?: number
  /** How many days ago it was last changed: pages show ages. */
  readonly age: number
  readonly subtitles?: Readonly<Record<string, readonly string[]>>
}

const SMALL = [640, 360] as const

const DAWN: Landscape = {
  seed: 0,
  sky: ['0x2b2d5b', '0xd9798b', '0xffd7a8'],
  disc: { colour: '0xfff1cf', x: 0.68, y: 0.42 },
  ridges: ['0xb9798f', '0x8a5577', '0x57375c', '0x241a38'],
}
const NIGHT: Landscape = {
  seed: 7,
  sky: ['0x050b1e', '0x0d3b4f', '0x2fbf8f'],
  stars: true,
  ridges: ['0x14505a', '0x0f3a47', '0x0a2733', '0x050f1a'],
}
const DESERT: Landscape = {
  seed: 12,
  sky: ['0x3b1c4a', '0xe2603b', '0xffc45c'],
  disc: { colour: '0xffe9a8', x: 0.3, y: 0.46 },
  ridges: ['0xd9703f', '0xb04a33', '0x74282c', '0x351222'],
}
const BLUE: Landscape = {
  seed: 18,
  sky: ['0x0e1b3d', '0x3566a8', '0xa9cdea'],
  disc: { colour: '0xf4f8ff', x: 0.8, y: 0.22 },
  ridges: ['0x6d97c4', '0x456f9f', '0x274a77', '0x10264a'],
}
const MIST: Landscape = {
  seed: 25,
  sky: ['0x7fa8a0', '0xb9d3b8', '0xf1f0d2'],
  ridges: ['0x86a98f', '0x55806b', '0x2f5a4c', '0x12332e'],
}
const ROSE: Landscape = {
  seed: 31,
  sky: ['0x6b3f6e', '0xe58fa0', '0xfbe3d6'],
  disc: { colour: '0xffffff', x: 0.5, y: 0.3 },
  ridges: ['0xd3a0b0', '0xa56f8d', '0x6f4468', '0x3a2344'],
}

const PLUM: Landscape = {
  seed: 43,
  sky: ['0x120a2e', '0x43236f', '0xb0569a'],
  stars: true,
  ridges: ['0x6b3f86', '0x4b2b68', '0x2d1a48', '0x140b26'],
}

const english = [
  'Before sunrise, the ridges are only colours.',
  'Each one is further away than it looks.',
  'Walk towards the light, and do not hurry.',
  'The valley keeps its mist until noon.',
]
const spanish = [
  'Antes del amanecer, las cumbres son solo colores.',
  'Cada una está más lejos de lo que parece.',
  'Camina hacia la luz, sin prisa.',
  'El valle guarda su niebla hasta el mediodía.',
]

/** The film that the pictures of the player show: large enough for its ranges to be seen apart. */
export const MAIN_FILM = { title: 'A Long Walk', file: 'A Long Walk__3f9a62d1-7c40-4e15.mp4', loops: 16 }

/** The library of the pictures. */
export const FILMS: readonly Film[] = [
  {
    ...MAIN_FILM,
    picture: DAWN,
    size: [1280, 720],
    bitrate: 1_300_000,
    age: 1,
    subtitles: { en: english, es: spanish },
  },
  {
    file: 'Northern Lights__a81d07e4-22b9-4c3f.mp4',
    picture: NIGHT,
    size: SMALL,
    loops: 9,
    age: 3,
  },
  {
    file: 'Desert Drive__0c5e9b37-e6f8-49a1.mp4',
    picture: DESERT,
    size: SMALL,
    loops: 46,
    age: 9,
    subtitles: { en: english },
  },
  {
    file: 'Blue Hour__b7d2f410-91c3-4a6e.mp4',
    picture: BLUE,
    size: SMALL,
    loops: 3,
    age: 20,
  },
  {
    file: 'Morning Mist__5e17ac92-3d08-4f7b.mp4',
    picture: MIST,
    size: SMALL,
    loops: 24,
    age: 34,
  },
  {
    file: 'Rose Garden, Second Take__d94b6c05-f1a7-4823.mp4',
    picture: ROSE,
    size: SMALL,
    loops: 5,
    age: 52,
  },
  {
    file: 'Travels/Andes__1f0c.mp4',
    picture: MIST,
    size: SMALL,
    loops: 2,
    age: 90,
  },
  {
    file: 'Lectures/Seas of the Moon__2e7d.mp4',
    picture: BLUE,
    size: SMALL,
    loops: 6,
    age: 120,
  },
]

/** A recording without a picture of its own, except for its cover. */
export const RECORDING = {
  file: 'Night Radio__68a3e1f2-0b5c-4d97.m4a',
  picture: PLUM,
  seconds: 1380,
  age: 14,
} as const
