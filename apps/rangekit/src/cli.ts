#!/usr/bin/env node
import { DEFAULTS } from '@rangekit/server'
import { Command, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { address, base, cacheControl, count, duration, origin, port } from './options.ts'
import { runServer } from './run-server.ts'
import { runSign } from './run-sign.ts'

// A log that nobody reads is no reason to stop serving: without a listener, EPIPE ends the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const program = new Command('rangekit')
  .description('Serves the files of a folder over HTTP, with range requests, at /api/stream/{filename}.')
  .version(manifest.version)
  .enablePositionalOptions()
  .argument('[dir]', 'the folder (or MEDIA_DIR from the environment)', process.env['MEDIA_DIR'] || '.')
  .addOption(
    new Option('-p, --port <number>', 'the port; 0 picks a free one')
      .env('PORT')
      .default(DEFAULTS.port)
      .argParser(port),
  )
  .addOption(
    new Option('--host <address>', 'the address to listen on')
      .env('HOST')
      .default(DEFAULTS.hostname)
      .argParser(address),
  )
  .option('--workers <number>', 'how many processes share the port', count, 1)
  .addOption(
    new Option(
      '--cors <origin>',
      'an origin whose pages may read the files, or *; repeat it for more',
    ).argParser(origin),
  )
  .option('--cache-control <value>', 'Cache-Control of the files', cacheControl)
  .option('--digests', 'send the SHA-256 in NAME.sha256 as Repr-Digest when asked for it', false)
  .option('--secret-file <file>', 'serve signed links only; one secret a line, the first one signs')
  .addOption(
    new Option('--drain <duration>', 'how long running downloads may go on after SIGTERM; 0s cuts them')
      .default(DEFAULTS.drain, `${DEFAULTS.drain}s`)
      .argParser(duration('0s')),
  )
  .addOption(
    new Option('--write-timeout <duration>', 'close a connection whose client takes nothing for so long')
      .default(DEFAULTS.writeTimeout, `${DEFAULTS.writeTimeout}s`)
      .argParser(duration('1ms')),
  )
  .addOption(
    new Option('--head-timeout <duration>', 'how long a request may take to arrive')
      .default(DEFAULTS.headTimeout, `${DEFAULTS.headTimeout}s`)
      .argParser(duration('1ms')),
  )
  .option('--no-fast-path', 'send every body as a stream (to compare)')
  .action(runServer)

program
  .command('sign')
  .description('Prints a link to a file that is valid for a limited time.')
  .argument('<path>', 'a file as the server names it (film.mp4), a path (/api/stream/film.mp4) or a URL')
  .requiredOption('--secret-file <file>', 'the file that the server was started with')
  .requiredOption(
    '--expires-in <duration>',
    'how long the link is valid: 90s, 30m, 2h, 7d',
    duration('1s', '36500d'),
  )
  .option('--base <url>', 'where the server is', base, `http://${DEFAULTS.hostname}:${DEFAULTS.port}`)
  .option('--download', 'offer the file for saving', false)
  .action(runSign)

await program.parseAsync()
