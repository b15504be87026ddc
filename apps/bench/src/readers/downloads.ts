import { printedVersion } from '../peers/kind.ts'

/** A command that completes a file of which the first part is there. */
export interface Download {
  readonly id: string
  readonly title: string
  readonly interface: string
  version(): string
  command(url: string, folder: string, name: string): readonly [file: string, ...args: string[]]
}

/** In the order of the table. */
export const DOWNLOADS: readonly Download[] = [
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
