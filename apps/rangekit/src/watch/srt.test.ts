import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { srtToVtt } from './srt.ts'

const cue = (text: string) =>
  srtToVtt(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`).split('\n').slice(3).join('\n')
const times = (line: string) => srtToVtt(`1\n${line}\nx\n`).split('\n')[2]

it('converts cues in order, without their numbers', () => {
  const srt = '1\n00:00:01,000 --> 00:00:02,500\nOne\nline two\n\n2\n01:02:03,004 --> 01:02:05,999\nTwo\n'
  expect(srtToVtt(srt)).toBe(
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nOne\nline two\n\n01:02:03.004 --> 01:02:05.999\nTwo\n',
  )
})

describe('times', () => {
  it.each([
    ['00:00:01,000 --> 00:00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01.000 --> 00:00:02.000', '00:00:01.000 --> 00:00:02.000'],
    ['00:01,000 --> 00:02,000', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01 --> 00:00:02', '00:00:01.000 --> 00:00:02.000'],
    ['0:0:1,5 -> 0:0:2,50', '00:00:01.005 --> 00:00:02.050'],
    ['  00:00:01,000-->00:00:02,000  ', '00:00:01.000 --> 00:00:02.000'],
    ['00:00:01,000 --> 00:00:02,000 X1:40 X2:600 Y1:20 Y2:50', '00:00:01.000 --> 00:00:02.000'],
    ['00:59:75,000 --> 100:00:00,000', '01:00:15.000 --> 100:00:00.000'],
  ])('%j', (line, expected) => {
    expect(times(line)).toBe(expected)
  })

  it.each(['00:00:02,000 --> 00:00:02,000', '00:00:02,000 --> 00:00:01,000'])(
    'that end before they begin leave the cue out: %s',
    (line) => {
      expect(srtToVtt(`1\n${line}\nx\n`)).toBe('WEBVTT\n')
    },
  )
})

describe('text', () => {
  it.each([
    ['<i>a</i> <B>b</B> <u>c</u>', '<i>a</i> <b>b</b> <u>c</u>'],
    ['{i}a{/i}', '<i>a</i>'],
    ['<font color="#ff0000">red</font>', 'red'],
    ['<b class="x">a</b>', '<b>a</b>'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<v Bob>hi</v> <c.big>x</c>', 'hi &lt;c.big&gt;x'],
    ['1 < 2 & 3 > 2', '1 &lt; 2 &amp; 3 &gt; 2'],
    ['fish &amp; chips &lt;3', 'fish &amp; chips &lt;3'],
    ['a --> b', 'a --&gt; b'],
    ['{\\fs20\\b1}big{\\b0}', 'big'],
    ['{curly} stays', '{curly} stays'],
    ['<00:00:01.000>karaoke', '&lt;00:00:01.000&gt;karaoke'],
  ])('%j', (text, expected) => {
    expect(cue(text)).toBe(`${expected}\n`)
  })

  it('at the top stays at the top', () => {
    expect(srtToVtt('1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Up\n')).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nUp\n',
    )
  })

  it('that is empty leaves the cue out', () => {
    expect(
      srtToVtt('1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n<font></font> \n'),
    ).toBe('WEBVTT\n')
  })
})

describe('files as people write them', () => {
  const expected = srtToVtt('1\n00:00:01,000 --> 00:00:02,000\na\nb\n\n2\n00:00:03,000 --> 00:00:04,000\nc\n')
  it.each([
    [
      'CRLF',
      '1\r\n00:00:01,000 --> 00:00:02,000\r\na\r\nb\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nc\r\n',
    ],
    ['CR', '1\r00:00:01,000 --> 00:00:02,000\ra\rb\r\r2\r00:00:03,000 --> 00:00:04,000\rc\r'],
    ['no numbers', '00:00:01,000 --> 00:00:02,000\na\nb\n\n00:00:03,000 --> 00:00:04,000\nc'],
    ['no blank lines', '1\n00:00:01,000 --> 00:00:02,000\na\nb\n2\n00:00:03,000 --> 00:00:04,000\nc'],
    [
      'blank lines in text',
      '1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n\n\n\n2\n00:00:03,000 --> 00:00:04,000\nc',
    ],
    [
      'a head',
      'Subtitles by someone\n\n1\n00:00:01,000 --> 00:00:02,000\na\nb\n\n2\n00:00:03,000 --> 00:00:04,000\nc',
    ],
  ])('with %s', (_, srt) => {
    expect(srtToVtt(srt)).toBe(expected)
  })

  it.each(['', 'no subtitles at all', '\n\n\n', '1\n2\n3'])('without a cue: %j', (srt) => {
    expect(srtToVtt(srt)).toBe('WEBVTT\n')
  })

  it('may overlap', () => {
    const srt = '00:00:01,000 --> 00:00:09,000\na\n\n00:00:02,000 --> 00:00:03,000\nb\n'
    expect(srtToVtt(srt).match(/-->/g)).toHaveLength(2)
  })
})

describe('hostile files', () => {
  it('add neither cues nor markup', () => {
    const piece = fc.constantFrom(
      ...'<>&{}/\\\n\r\t -:,.019ibvc'.split(''),
      '-->',
      '00:00:01,000 --> 00:00:02,000',
      '\0',
      'STYLE',
      'NOTE',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
        (srt) => {
          const blocks = srtToVtt(srt)
            .split(/\n{2,}/)
            .slice(1)
          for (const block of blocks) {
            const [line = '', ...text] = block.replace(/\n$/, '').split('\n')
            expect(line).toMatch(/^\d{2,3}:\d\d:\d\d\.\d{3} --> \d{2,3}:\d\d:\d\d\.\d{3}(?: line:0)?$/)
            expect(text.join('\n').replaceAll(/<\/?[biu]>/g, '')).not.toMatch(/[<>\r]/)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  // Each would take minutes if the time grew with the square of the length.
  it.each([
    '<',
    '<a ',
    '{\\',
    '{',
    ' ',
    '\n',
    '1',
    '00:00:',
    '00:00:00 --> ',
    '&',
    '<i>',
    '00:00:00 --> 00:00:01\n',
  ])('are read in time in proportion to their length: %j repeated', (piece) => {
    const srt = `00:00:01,000 --> 00:00:02,000\n${piece.repeat(1_000_000 / piece.length)}`
    expect(srtToVtt(srt).startsWith('WEBVTT\n')).toBe(true)
  })
})
