import { hostname } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isLoopback } from '../command/addresses.ts'
import type { LogFlags } from '../log/flags.ts'
import { allowedHosts } from './allowed-hosts.ts'

/** The options of the command that are about the names under which it answers. */
export interface HostFlags {
  readonly allowHost?: readonly string[] | undefined
}

/** Adds the option to the command that serves. */
export function addHostFlags(command: Command): Command {
  return command
    .optionsGroup('Access:')
    .addOption(
      new Option(
        '--allow-host <name>',
        'a name under which a proxy or a browser reaches the server; .example.com for all below, * for all; repeatable',
      ).argParser(hostName),
    )
    .optionsGroup('Options:')
}

function hostName(text: string, others: readonly string[] = []): readonly string[] {
  const name = text.replace(/^\./, '')
  if (text !== '*' && (name.includes('*') || URL.parse(`http://${name}/`)?.hostname !== name.toLowerCase())) {
    throw new InvalidArgumentError('Expected a host such as media.example, without a port, or .example.com.')
  }
  return [...others, text]
}

/** Who reaches a server. */
export interface Reach {
  /** The address that it listens on. */
  readonly host: string
  /** Whether a password or a signed link is needed. */
  readonly isGuarded: boolean
}

/**
 * The check of the host of requests; `undefined` if any is right.
 *
 * Where a password or a signed link is needed, a page of another site has neither. On addresses of the network, names are
 * given by routers, and nobody can list them: the check is for loopback addresses, which only proxies of this machine
 * name in another way, and for servers that are told their names.
 */
export function hostCheck(
  { allowHost, trustProxy }: HostFlags & Pick<LogFlags, 'trustProxy'>,
  { host, isGuarded }: Reach,
): ((name: string) => boolean) | undefined {
  const isChecked = allowHost !== undefined || (isLoopback(host) && !isGuarded && trustProxy === undefined)
  return isChecked ? allowedHosts({ host, machine: hostname(), allowed: allowHost ?? [] }) : undefined
}
