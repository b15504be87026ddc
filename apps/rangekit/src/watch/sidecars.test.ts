import { anyName } from '@rangekit/test-kit/any-name'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSidecarKey, sidecarLanguage, sidecarsOf } from './sidecars.ts'

describe('a sidecar', () => {
  it.each([
    ['Film.vtt', 'Subtitles', undefined],
    ['Film.SRT', 'Subtitles', undefined],
    ['Film.en.vtt', 'English', 'en'],
    ['Film.EN.srt', 'English', 'en'],
    ['Film.es.srt', 'Spanish', 'es'],
    ['Film.ger.srt', 'German', 'de'],
    ['Film.hi.srt', 'Hindi', 'hi'],
    ['Film.pt-BR.srt', 'Brazilian Portuguese', 'pt-BR'],
    ['Film.pt_br.srt', 'Brazilian Portuguese', 'pt-BR'],
    ['Film.zh-Hant.srt', 'Traditional Chinese', 'zh-Hant'],
    ['Film.en.forced.srt', 'English (forced)', 'en'],
    ['Film.en.hi.srt', 'English (captions)', 'en'],
    ['Film.sdh.srt', 'Subtitles (captions)', undefined],
    ['Film.English.srt', 'Subtitles (English)', undefined],
    ['Film.Director.en.srt', 'English (Director)', 'en'],
    ['Film.constructor.vtt', 'Subtitles (constructor)', undefined],
  ])('%s has the label %j and the language %s', (name, label, language) => {
    expect(sidecarsOf('Film.mp4', [name])).toEqual([{ name, label, ...(language && { language }) }])
    expect(sidecarLanguage(`films/${name}`)).toBe(language)
  })

  it.each([
    'Film.mp4',
    'Film.en.txt',
    'film.en.vtt',
    'Film 2.vtt',
    'Film.Part.2.vtt',
    'Film.a.en.sdh.vtt',
    'Film.2.vtt',
    'Film.en.x.vtt',
  ])('of Film.mp4 is not %s', (name) => {
    expect(sidecarsOf('Film.mp4', [name])).toEqual([])
  })

  it.each(['Film..vtt', 'Film...vtt', 'Film.en..vtt', 'Film.-.vtt', '.vtt'])('is not %s either', (name) => {
    expect(sidecarsOf('Film.mp4', [name])).toEqual([])
  })

  it('goes by the whole name of a video that has dots in it', () => {
    const names = ['A.B.en.vtt', 'A.vtt', 'A.B.vtt']
    expect(sidecarsOf('A.B.mp4', names).map(({ name }) => name)).toEqual(['A.B.vtt', 'A.B.en.vtt'])
  })
})

it('those without a language come first, then by label, and there is an end', () => {
  const names = ['F.es.vtt', 'F.vtt', 'F.en.vtt', 'F.en.cc.vtt']
  expect(sidecarsOf('F.mkv', names).map(({ label }) => label)).toEqual([
    'Subtitles',
    'English',
    'English (captions)',
    'Spanish',
  ])
  const regions = Array.from({ length: 1000 }, (_, index) => `F.en-${String(index).padStart(3, '0')}.vtt`)
  expect(sidecarsOf('F.mkv', regions)).toHaveLength(40)
})

it('any name in the folder is harmless', () => {
  fc.assert(
    fc.property(fc.array(anyName), anyName, (names, video) => {
      for (const { name, label } of sidecarsOf(video, [
        ...names,
        ...names.map((name) => `${video}.${name}.srt`),
      ])) {
        expect(isSidecarKey(name)).toBe(true)
        expect(label).not.toBe('')
      }
    }),
  )
})
