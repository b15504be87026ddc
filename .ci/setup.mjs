// Puts the workspace's dependencies in place, the pinned Node among them, so that `npm start` and
// `npm test` need nothing but Node and npm. Runs on whatever Node the machine has (20 or newer);
// every script after it finds the pinned one first in PATH.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const wanted = read('pnpm-lock.yaml')
// pnpm leaves a copy of the lock file it installed from: when both are equal there is nothing to do.
const installed = read('node_modules/.pnpm/lock.yaml')
if (wanted === undefined || wanted !== installed) {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { status } = spawnSync(
    'npx',
    ['-y', `pnpm@${devDependencies.pnpm}`, 'install', '--frozen-lockfile'],
    {
      stdio: 'inherit',
    },
  )
  process.exitCode = status ?? 1
}
