import { Command } from 'commander'
import { count, requestField } from '../command/values/options.ts'
import { fileUrl } from './get-options.ts'
import type { GetFlags } from './run-get.ts'

/** The sub-command `rangekit get`. */
export function getCommand(): Command {
  return (
    new Command('get')
      .description('Downloads a file: on several connections, resumable, verified.')
      .argument('<url>', 'the URL of the file', fileUrl)
      .option('-o, --output <file>', 'where to: a file, a folder, or - for the standard output')
      .option('--connections <number>', 'how many pieces are fetched at once', count, 8)
      .option(
        '-H, --header <field>',
        'a field of the requests, such as "Authorization: Bearer abc"; repeatable',
        requestField,
      )
      .option('-f, --force', 'replace a file that is there', false)
      .option('-q, --quiet', 'print nothing but errors', false)
      // Loaded on use: the server needs none of it.
      .action(async (url: string, flags: GetFlags) => (await import('./run-get.ts')).runGet(url, flags))
  )
}
