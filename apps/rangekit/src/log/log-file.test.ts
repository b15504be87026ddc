import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { afterEach, expect, it, vi } from 'vitest'
import { LineBuffer, PIPE_BATCH } from './line-buffer.ts'
import { LogFile } from './log-file.ts'

const folder = sharedFolder()
let names = 0
/** Named as what is tested is: files stay open if a test fails. */
const freshPath = () => folder.at(`${++names}.log`)
const open: LogFile[] = []

function openFile(path: string, report: (problem: string) => void = () => {}): LogFile {
  const file = new LogFile(path, report)
  open.push(file)
  return file
}

afterEach(() => {
  vi.restoreAllMocks()
  for (const file of open.splice(0)) file.close()
  vi.useRealTimers()
})

it('appends to a file, which only its owner and group may read', () => {
  const path = freshPath()
  openFile(path).write('a\n')
  openFile(path).write('b\n')
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
  expect(statSync(path).mode & 0o777 & ~0o640).toBe(0)
})

it('opens the file again after it was moved: at once if told so, and a second later if not', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const path = freshPath()
  const file = openFile(path)
  file.write('a\n')
  renameSync(path, `${path}.1`)
  file.write('b\n')
  vi.advanceTimersByTime(1001)
  file.write('c\n')
  renameSync(path, `${path}.2`)
  file.reopen()
  file.write('d\n')
  expect([`${path}.1`, `${path}.2`, path].map((each) => readFileSync(each, 'utf8'))).toEqual([
    'a\nb\n',
    'c\n',
    'd\n',
  ])
})

it('does not open a pipe, which would wait for a reader', () => {
  const path = freshPath()
  execFileSync('mkfifo', [path])
  expect(() => openFile(path)).toThrow('it is a pipe')
})

it.runIf(existsSync('/dev/full'))('says once that the disk is full, and goes on', () => {
  const problems: string[] = []
  const file = openFile('/dev/full', (problem) => problems.push(problem))
  for (let round = 0; round < 3; round++) file.write('a\nb\n')
  expect(problems).toEqual([expect.stringMatching(/^\/dev\/full cannot be written \(.*ENOSPC/)])
})

it('says how many lines are missing once the file can be written again', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const problems: string[] = []
  const sub = folder.at('away')
  folder.put('away/a.log', '')
  const file = openFile(`${sub}/a.log`, (problem) => problems.push(problem))
  renameSync(sub, `${sub}-moved`)
  vi.advanceTimersByTime(1001)
  file.write('lost\nlost\n')
  renameSync(`${sub}-moved`, sub)
  vi.advanceTimersByTime(1001)
  file.write('back\n')
  expect(readFileSync(`${sub}/a.log`, 'utf8')).toBe('back\n')
  expect(problems).toEqual([
    expect.stringContaining('a.log cannot be written (ENOENT'),
    expect.stringContaining('a.log is written again; 2 lines are missing'),
  ])
})

it('collects lines into writes that a pipe takes at once, and never cuts one', () => {
  vi.useFakeTimers()
  const writes: string[] = []
  const buffer = new LineBuffer((lines) => writes.push(lines), PIPE_BATCH)
  for (let line = 0; line < 100; line++) buffer.add(() => `${String(line).padStart(99, '0')}\n`)
  expect(writes).toEqual([])
  vi.advanceTimersByTime(50)
  expect(writes.map(({ length }) => length)).toEqual([4000, 4000, 2000])
  buffer.add(() => `${'a'.repeat(5000)}\n`)
  buffer.flush()
  buffer.flush()
  vi.advanceTimersByTime(50)
  expect(writes.slice(3).map(({ length }) => length)).toEqual([5001])
  for (let line = 0; line < 3; line++) buffer.add(() => `${'é'.repeat(1000)}\n`)
  buffer.flush()
  expect(writes.slice(4).map(({ length }) => length)).toEqual([2002, 1001])
})

it('loses no other line where one cannot be made', () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  const writes: string[] = []
  const buffer = new LineBuffer((lines) => writes.push(lines), PIPE_BATCH)
  const fault = new Error('no line')
  buffer.add(() => 'a\n')
  buffer.add(() => {
    throw fault
  })
  buffer.add(() => 'b\n')
  buffer.flush()
  expect(writes).toEqual(['a\nb\n'])
  expect(report).toHaveBeenCalledExactlyOnceWith(fault)
})
