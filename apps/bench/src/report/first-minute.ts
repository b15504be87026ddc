/** What `npm start` took in a fresh clone, as kept in `results/first-minute.json`. */
export interface FirstMinuteResults {
  /** Packages of others that were installed, and their bytes. */
  readonly packages: number
  readonly bytes: number
  /** The bytes of the Node that was fetched; 0 if none was. */
  readonly nodeBytes: number
  /** Lines printed on a pipe. */
  readonly lines: number
  /** From the command to the ready line, the first and the second time. */
  readonly firstSeconds: number
  readonly secondSeconds: number
}

/** Renders the figures for the README. */
export function renderFirstMinute(results: FirstMinuteResults): string {
  const { packages, bytes, nodeBytes, lines, firstSeconds, secondSeconds } = results
  const node = nodeBytes > 0 ? ` and a newer Node (${megabytes(nodeBytes)})` : ''
  return [
    `The first \`npm start\` installs ${packages} packages (${megabytes(bytes)})${node}. `,
    `It is ready after ${firstSeconds.toFixed(1)} s; the second time, after ${secondSeconds.toFixed(1)} s. `,
    `On a pipe it prints ${lines === 1 ? 'one line' : `${lines} lines`}. `,
    '`node apps/bench/src/first-minute.ts` measures this.\n',
  ].join('')
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
