import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder, type TestFolder } from './folder.ts'
import { acceptsConnections, freePort } from './ports.ts'
import { endGroup, start } from './processes.ts'
import { findTool } from './tools.ts'
import { words } from './words.ts'

/** A plain origin: an nginx that serves files. */
export interface Nginx extends AsyncDisposable {
  readonly url: string
  /** What it serves. */
  readonly files: TestFolder
  stop(): Promise<void>
}

/** Whether nginx is installed. If not, the reason is printed; in CI it is thrown. */
export function hasNginx(): boolean {
  return findTool('nginx', 'nginx') !== undefined
}

/**
 * Starts an nginx that serves a folder, and waits until it answers.
 *
 * @param server further lines of its server block.
 * @throws Error if it is not installed or does not start; {@link hasNginx} tells whether it is installed.
 */
export async function startNginx(server = ''): Promise<Nginx> {
  if (!hasNginx()) throw new Error('nginx is not installed')
  const [files, scratch] = [makeFolder(), makeFolder()]
  // Its workers are another user if it is started as root.
  for (const { path } of [files, scratch]) chmodSync(path, 0o755)
  const port = await freePort()
  const config = nginxConfig(
    scratch.path,
    `server {
    listen 127.0.0.1:${port};
    root ${files.path};
    default_type application/octet-stream;
    ${server}
  }`,
  )
  writeFileSync(scratch.at('config'), config)
  const child = start('nginx', nginxArguments(scratch.path, scratch.at('config')), {
    stdio: 'ignore',
    detached: true,
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    endGroup(child)
    await exited
    files.remove()
    scratch.remove()
  }
  const deadline = Date.now() + 15_000
  while (!(await acceptsConnections(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error('nginx does not start')
    }
    await sleep(20)
  }
  return { url: `http://127.0.0.1:${port}/`, files, stop, [Symbol.asyncDispose]: stop }
}

/**
 * The configuration of an nginx that stays in the foreground and writes to a scratch folder only.
 *
 * @param http what its `http` block contains besides.
 */
export function nginxConfig(scratch: string, http: string): string {
  const folders = words('client_body proxy fastcgi uwsgi scgi')
  return `
daemon off;
pid ${scratch}/pid;
error_log stderr;
events {}
http {
  access_log off;
  ${folders.map((name) => `${name}_temp_path ${scratch}/${name};`).join('\n  ')}
  ${http}
}
`
}

/** The arguments with which it reads such a configuration. */
export function nginxArguments(scratch: string, configFile: string): readonly string[] {
  return ['-p', scratch, '-e', 'stderr', '-c', configFile]
}
