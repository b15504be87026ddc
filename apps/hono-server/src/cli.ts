#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { runServer } from './cli-serve.ts'
import { runSign } from './cli-sign.ts'
import { parseDuration } from './duration.ts'
import { DEFAULTS } from './server.ts'

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  }
  return Number(text)
}

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 999.')
  return Number(text)
}

function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined)
    throw new InvalidArgumentError('A duration is a number with s, m, h or d behind it.')
  return seconds
}

const program = new Command('rangekit')
  .description('Serves the files of a folder over HTTP, with range requests, at /api/stream/{filename}.')
  .version(manifest.version)
  .enablePositionalOptions()
  .argument('[dir]', 'the folder (or MEDIA_DIR from the environment)', process.env['MEDIA_DIR'] || '.')
  .addOption(
    new Option('-p, --port <number>', 'the port; 0 takes a free one')
      .env('PORT')
      .default(DEFAULTS.port)
      .argParser(port),
  )
  .addOption(
    new Option('--host <address>', 'the address to listen on').env('HOST').default(DEFAULTS.hostname),
  )
  .option('--workers <number>', 'how many processes share the port', count, 1)
  .option('--cors <origin...>', 'origins whose pages may read the files, or *')
  .option('--cache-control <value>', 'Cache-Control of the files')
  .option('--digests', 'send the SHA-256 in NAME.sha256 as Repr-Digest to those who want it', false)
  .option('--secret-file <file>', 'serve signed links only; one secret a line, the first one signs')
  .addOption(
    new Option('--drain <duration>', 'how long running downloads may go on after SIGTERM')
      .default(DEFAULTS.drain, `${DEFAULTS.drain}s`)
      .argParser(duration),
  )
  .addOption(
    new Option('--write-timeout <duration>', 'close a connection that stands still')
      .default(DEFAULTS.writeTimeout, `${DEFAULTS.writeTimeout}s`)
      .argParser(duration),
  )
  .addOption(
    new Option('--head-timeout <duration>', 'how long a request may take to arrive')
      .default(DEFAULTS.headTimeout, `${DEFAULTS.headTimeout}s`)
      .argParser(duration),
  )
  .option('--no-fast-path', 'send every body as a stream (to compare)')
  .action(runServer)

program
  .command('sign')
  .description('Prints a link to a file that is good for a while.')
  .argument('<path>', 'a file as the server names it (film.mp4), a path (/api/stream/film.mp4) or a URL')
  .requiredOption('--secret-file <file>', 'the file that the server was started with')
  .requiredOption('--expires-in <duration>', 'how long the link is good: 90s, 30m, 2h, 7d', duration)
  .option('--base <url>', 'where the server is', `http://${DEFAULTS.hostname}:${DEFAULTS.port}`)
  .option('--download', 'offer the file for saving', false)
  .action(runSign)

await program.parseAsync()
