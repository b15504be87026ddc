import { fileURLToPath } from 'node:url'
import { packageVersion, printedVersion } from '../peers/kind.ts'

const RANGEKIT = fileURLToPath(new URL('../../../rangekit/src/cli.ts', import.meta.url))

/** A command that completes a file of which the first part is there. */
export interface Download {
  readonly id: string
  readonly title: string
  readonly interface: string
  version(): string
  /** Whether it only goes on with what it has begun itself. Default: with any file. */
  readonly keepsRecord?: boolean
  command(url: string, folder: string, name: string): readonly [file: string, ...args: string[]]
}

/** In the order of the table. */
export const DOWNLOADS: readonly Download[] = [
  {
    id: 'rangekit-get',
    title: 'Rangekit',
    interface: 'rangekit get',
    version: () => packageVersion('@rangekit/http-source'),
    keepsRecord: true,
    command: (url, folder, name) => [process.execPath, RANGEKIT, 'get', url, '-o', `${folder}/${name}`],
  },
  {
    id: 'curl',
    title: 'curl',
    interface: 'curl -fC -',
    version: () => printedVersion('curl', '--version'),
    command: (url, folder, name) => ['curl', '-sfL', '-C', '-', '-o', `${folder}/${name}`, url],
  },
  {
    id: 'wget',
    title: 'Wget',
    interface: 'wget -c',
    version: () => printedVersion('wget', '--version'),
    command: (url, folder) => ['wget', '-q', '-c', '-P', folder, url],
  },
  {
    id: 'aria2',
    title: 'aria2',
    interface: 'aria2c -c',
    version: () => printedVersion('aria2c', '--version'),
    command: (url, folder, name) => ['aria2c', '-q', '-c', '--no-conf', '-d', folder, '-o', name, url],
  },
]
