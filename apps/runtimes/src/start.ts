// `npm start -- [--runtime NAME] [dir]`: the server on any runtime. Default: the sample library, on Node.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { RUNTIMES, type RuntimeName, SAMPLES } from '@rangekit/test-kit/runtimes'
import { Command, Option } from 'commander'

const launcher = new Command('npm start --')
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .addOption(new Option('--runtime <name>').choices(['node', 'bun', 'deno', 'workerd']).default('node'))
  .parse()

const { runtime } = launcher.opts<{ readonly runtime: RuntimeName }>()
const [file, ...args] = RUNTIMES[runtime]
const server = spawn(file, [...args, ...launcher.args], {
  stdio: 'inherit',
  env: { ...process.env, MEDIA_DIR: process.env['MEDIA_DIR'] ?? SAMPLES },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
server.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM']
})
