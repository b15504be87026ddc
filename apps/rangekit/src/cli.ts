#!/usr/bin/env node
import { DEFAULTS } from '@rangekit/server'
import { Command, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { SIGN_SCOPES } from './command/signed-link.ts'
import {
  address,
  base,
  cacheControl,
  count,
  diskSize,
  duration,
  endpoint,
  origin,
  port,
  region,
  requestField,
  size,
} from './command/values/options.ts'
import { getCommand } from './get/get-command.ts'
import { addHostFlags } from './hosts/flags.ts'
import { addLimitFlags } from './limits/flags.ts'
import { addLogFlags } from './log/flags.ts'
import { addMetricsFlags } from './metrics/flags.ts'
import { addPasswordFlags } from './password/flags.ts'
import { hashCommand } from './password/hash/hash-command.ts'
import { addTlsFlags } from './tls/flags.ts'

// A closed stdout or stderr must not stop the server: without a listener, EPIPE ends the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const program = new Command('rangekit')
  .description(
    'Serves the files of a folder, an S3 bucket or a web server over HTTP, with range requests, at /api/stream/{filename}.',
  )
  .version(manifest.version)
  .enablePositionalOptions()
  .argument(
    '[place]',
    'a folder, s3://bucket/prefix, https://origin/path/ or https://origin/film.mp4 (or MEDIA_DIR from the environment)',
    process.env['MEDIA_DIR'] || '.',
  )
  .optionsGroup('Server:')
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
    new Option('--drain <duration>', 'how long downloads may continue after SIGTERM; 0s ends them at once')
      .default(DEFAULTS.drain, `${DEFAULTS.drain}s`)
      .argParser(duration('0s')),
  )
  .addOption(
    new Option('--write-timeout <duration>', 'close a connection whose client accepts no data for this long')
      .default(DEFAULTS.writeTimeout, `${DEFAULTS.writeTimeout}s`)
      .argParser(duration('1ms')),
  )
  .addOption(
    new Option('--head-timeout <duration>', 'how long a request may take to arrive')
      .default(DEFAULTS.headTimeout, `${DEFAULTS.headTimeout}s`)
      .argParser(duration('1ms')),
  )
  .optionsGroup('Files:')
  .addOption(
    new Option('--cors <origin>', 'an origin whose pages may read the files, or *; repeatable').argParser(
      origin,
    ),
  )
  .option('--cache-control <value>', 'Cache-Control of the files', cacheControl)
  .option('--precompressed', 'send NAME.br, NAME.zst or NAME.gz to clients that accept the coding', false)
  .option('--digests', 'send the SHA-256 in NAME.sha256 as Repr-Digest when requested', false)
  .option('--growing', 'serve files while they are still being written; the default for a folder')
  .option('--no-growing', 'serve every file as it is at the moment, and no NAME.part as NAME')
  .addOption(
    new Option(
      '--grow-timeout <duration>',
      'how long a request waits while a file that is being written does not change (default: 60s)',
    ).argParser(duration('1ms')),
  )
  .option('--index', 'list folders at /api/stream/ as plain HTML, for rclone and lftp', false)
  .option('--no-fast-path', 'send every body as a stream, for comparison')
  .optionsGroup('Pages:')
  .option('--inspect', 'show the map of ranges in the player; the default for a loopback address')
  .option('--no-inspect', 'do not show it; the default for other addresses')
  .option('--qr', 'print a QR code of an address that other machines reach', false)
  .optionsGroup('Buckets and origins:')
  .option('--s3-endpoint <url>', 'the S3 server, if it is not that of AWS', endpoint)
  .option(
    '--s3-region <region>',
    'the region of the bucket (default: that of the environment or ~/.aws)',
    region,
  )
  .option('--s3-path-style', 'name the bucket in the path of URLs; the default with --s3-endpoint')
  .option('--no-s3-path-style', 'name it in the host of URLs; the default without')
  .addOption(
    new Option(
      '--origin-header <field>',
      "a field for the origin, such as 'Authorization: Bearer abc'; repeatable",
    ).argParser(requestField),
  )
  .option('--cache-memory <size>', 'cache in memory, 0 for none (default: 256MiB)', size)
  .option('--cache-dir <dir>', 'a folder for a second, larger cache')
  .option('--cache-size <size>', 'how large the cache in --cache-dir may become (default: 10GiB)', diskSize)
  .option('--cache-status', 'say in Cache-Status and Server-Timing what came from the cache', false)
  .optionsGroup('Options:')
  // What only one command needs is loaded when it runs.
  .action(async (...given: Parameters<typeof import('./command/run-server.ts').runServer>) =>
    (await import('./command/run-server.ts')).runServer(...given),
  )
addTlsFlags(program)
addPasswordFlags(program)
addHostFlags(program)
addLimitFlags(program)
addLogFlags(program)
addMetricsFlags(program)

program
  .command('sign')
  .description('Prints a link to a file, a folder or a page that is valid for a limited time.')
  .argument(
    '<path>',
    'the name of a file (film.mp4) or a folder (film/), the path of a page (/watch/film.mp4), or a URL',
  )
  .requiredOption('--secret-file <file>', 'the secret file of the server')
  .requiredOption(
    '--expires-in <duration>',
    'how long the link is valid: 90s, 30m, 2h, 7d',
    duration('1s', '36500d'),
  )
  .option('--base <url>', 'the origin of the server', base, `http://${DEFAULTS.hostname}:${DEFAULTS.port}`)
  .addOption(
    new Option(
      '--scope <scope>',
      'exact: the link alone; prefix: all that is below a folder, or next to a playlist (default: prefix for film/)',
    ).choices(SIGN_SCOPES),
  )
  .option('--download', 'make the link a download (Content-Disposition: attachment)', false)
  .action(async (...given: Parameters<typeof import('./command/run-sign.ts').runSign>) =>
    (await import('./command/run-sign.ts')).runSign(...given),
  )

program.addCommand(hashCommand())
program.addCommand(getCommand())

await program.parseAsync()
