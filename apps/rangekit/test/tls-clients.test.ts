/** The programs that docs/tls.md and docs/password.md name, over TLS and with a password. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { requestText } from '@rangekit/test-kit/raw'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

const bytes = positionBytes(1_000_000)
/** What an earlier download has left. */
const START = 1000
const folder = sharedFolder(({ put }) => {
  put('media/film.bin', bytes)
  put('media/clock.mp4', readFileSync(join(SAMPLES, 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4')))
})
const server = sharedServer(() =>
  startServer(folder.at('media'), {
    args: ['--tls', 'self', '--auth', 'alice:secret', '--index'],
    env: { XDG_STATE_HOME: folder.at('state') },
  }),
)
const authority = () => folder.at('state/rangekit/self-signed.pem')
const url = (path: string) => `${server.origin.replace('//', '//alice:secret@')}/api/${path}`
const film = () => url('stream/film.bin')

/** Arguments that write to a target, made when the server has started. */
type Args = (target: string) => readonly string[]

const curl = (target: string, ...args: readonly string[]) => [
  ...['-sS', '--http2', '--cacert', authority(), '-u', 'alice:secret', '-o', target],
  ...['-w', '%{http_version} %{http_code} %{size_download}', ...args],
  `${server.origin}/api/stream/film.bin`,
]
const wget = (target: string) => ['-q', `--ca-certificate=${authority()}`, '-O', target]
const rclone = (...args: string[]) => ['--config', '', '--ca-cert', authority(), '--http-url', ...args]

/** What each command prints, and how many bytes it has written then; the first ones are there before it runs. */
const DOWNLOADS: readonly (readonly [
  name: string,
  tool: string,
  there: number,
  args: Args,
  printed: string,
  length: number,
])[] = [
  ['curl: a range over HTTP/2', 'curl', 0, (target) => curl(target, '-r', '0-499'), '2 206 500', 500],
  [
    'curl --continue-at over HTTP/2',
    'curl',
    START,
    (target) => curl(target, '--continue-at', '-'),
    `2 206 ${bytes.byteLength - START}`,
    bytes.byteLength,
  ],
  ['wget', 'wget', 0, (target) => [...wget(target), film()], '', bytes.byteLength],
  ['wget --continue', 'wget', START, (target) => [...wget(target), '-c', film()], '', bytes.byteLength],
  [
    'rclone copyto',
    'rclone',
    0,
    (target) => ['copyto', ...rclone(url('stream/'), ':http:film.bin', target)],
    '',
    bytes.byteLength,
  ],
]

const mpv = (...args: readonly string[]) => [
  ...['--no-config', '--vo=null', '--ao=null', '--frames=1', '--msg-level=all=error'],
  ...['--tls-verify=yes', `--tls-ca-file=${authority()}`, ...args],
]
const ffmpeg = () => ['-v', 'error', '-tls_verify', '1', '-ca_file', authority()]
const clock = () => url('stream/clock.mp4')

const PLAYERS: readonly (readonly [name: string, tool: string, args: () => readonly string[]])[] = [
  ['mpv', 'mpv', () => mpv(clock())],
  ['mpv of a playlist', 'mpv', () => mpv(`--playlist=${url('playlist.m3u8')}`)],
  ['ffprobe', 'ffprobe', () => [...ffmpeg(), clock()]],
  // Near the end, so it seeks.
  ['ffmpeg', 'ffmpeg', () => [...ffmpeg(), '-ss', '3', '-i', clock(), '-frames:v', '1', '-f', 'null', '-']],
]

/** The Debian package of a tool. */
const packageOf = (tool: string) => (tool === 'ffprobe' ? 'ffmpeg' : tool)

describe.concurrent('over TLS, with a password', () => {
  it.each(DOWNLOADS)('%s gets what it asks for', async (name, tool, there, args, printed, length) => {
    const path = findTool(tool, packageOf(tool))
    if (path === undefined) return
    const target = folder.at(name.replaceAll(/\W/g, '-'))
    if (there > 0) writeFileSync(target, bytes.subarray(0, there))
    expect(await run(path, args(target))).toEqual({ code: 0, stdout: printed, stderr: '' })
    expect(sameBytes(readFileSync(target), bytes.subarray(0, length))).toBe(true)
  })

  it.each(PLAYERS)('%s plays', async (_, tool, args) => {
    const path = findTool(tool, packageOf(tool))
    if (path === undefined) return
    expect(await run(path, args())).toMatchObject({ code: 0, stderr: '' })
  })

  it('mpv plays nothing of a server whose certificate it does not know', async () => {
    const path = findTool('mpv', 'mpv')
    if (path === undefined) return
    const { code } = await run(path, [...mpv(), '--tls-ca-file=/etc/ssl/certs/ca-certificates.crt', clock()])
    expect(code).not.toBe(0)
  })
})

it('openssl s_client verifies the certificate, and gets a whole response', () => {
  const openssl = findTool('openssl', 'openssl') ?? ''
  const args = ['s_client', '-quiet', '-verify_return_error', '-CAfile', authority()]
  const fields = [`Authorization: Basic ${btoa('alice:secret')}`, 'Range: bytes=0-9', 'Connection: close']
  const { status, stdout } = spawnSync(openssl, [...args, '-connect', `localhost:${server.port}`], {
    input: requestText('GET /api/stream/film.bin', fields),
  })
  expect(status).toBe(0)
  expect(stdout.toString('latin1')).toMatch(/^HTTP\/1\.1 206 /)
  expect(sameBytes(stdout.subarray(-10), bytes.subarray(0, 10))).toBe(true)
})
