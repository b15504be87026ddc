import { type Command, InvalidArgumentError, Option } from 'commander'
import { port } from '../command/values/options.ts'

/** The options of the command that are about TLS. */
export interface TlsFlags {
  readonly tls?: 'self'
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly redirectPort?: number
  readonly redirectTo?: number
}

/** Adds the options to the command that serves. */
export function addTlsFlags(command: Command): Command {
  return command
    .optionsGroup('TLS:')
    .option(
      '--tls-cert <file>',
      'serve https with this certificate and its chain (PEM); read again when it changes',
    )
    .option('--tls-key <file>', 'its private key (PEM, not encrypted)')
    .addOption(
      new Option(
        '--tls <kind>',
        'self: serve https with a certificate of its own, kept between starts',
      ).choices(['self']),
    )
    .addOption(
      new Option(
        '--redirect-port <number>',
        'a port for plain http that sends clients to https; 0 picks a free one',
      ).argParser(port),
    )
    .addOption(
      new Option(
        '--redirect-to <number>',
        'the port of https that clients are sent to, where another one is mapped to --port (default: --port)',
      ).argParser(publicPort),
    )
    .optionsGroup('Options:')
}

function publicPort(text: string): number {
  const number = port(text)
  if (number === 0) throw new InvalidArgumentError('Expected a port from 1 to 65535.')
  return number
}

/** Whether the options ask for https. */
export function asksForTls({ tls, tlsCert, tlsKey }: TlsFlags): boolean {
  return tls !== undefined || tlsCert !== undefined || tlsKey !== undefined
}

/**
 * What is wrong with the options; `undefined` if nothing is.
 *
 * @param port of the server.
 */
export function tlsProblem(flags: TlsFlags, port: number): string | undefined {
  const { tls, tlsCert, tlsKey, redirectPort, redirectTo } = flags
  if (tls !== undefined && (tlsCert ?? tlsKey) !== undefined)
    return '--tls self takes neither --tls-cert nor --tls-key'
  if (tlsCert === undefined && tlsKey !== undefined) return '--tls-key needs --tls-cert'
  if (tlsKey === undefined && tlsCert !== undefined) return '--tls-cert needs --tls-key'
  if (redirectTo !== undefined && redirectPort === undefined) return '--redirect-to needs --redirect-port'
  if (redirectPort === undefined) return undefined
  if (!asksForTls(flags)) return '--redirect-port needs --tls self or --tls-cert and --tls-key'
  if (redirectPort !== 0 && redirectPort === port) return '--redirect-port and --port must be different ports'
  return undefined
}
