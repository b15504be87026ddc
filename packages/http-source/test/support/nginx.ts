import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { acceptsConnections, freePort } from '@rangekit/test-kit/ports'
import { endGroup, start } from '@rangekit/test-kit/processes'
import { words } from '@rangekit/test-kit/words'

export interface Nginx extends AsyncDisposable {
  readonly url: string
  /** What it serves. */
  readonly files: TestFolder
}

/**
 * Starts an nginx that serves a folder, and waits until it answers.
 *
 * @param command the path of its program.
 * @param server further lines of its server block.
 */
export async function startNginx(command: string, server = ''): Promise<Nginx> {
  const [files, scratch] = [makeFolder(), makeFolder()]
  // Its workers are another user if it is started as root.
  for (const { path } of [files, scratch]) chmodSync(path, 0o755)
  const port = await freePort()
  const temporary = words('client_body proxy fastcgi uwsgi scgi')
  writeFileSync(
    scratch.at('config'),
    `daemon off;
pid ${scratch.at('pid')};
worker_processes 1;
error_log /dev/null;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${scratch.at(name)};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${files.path};
    default_type application/octet-stream;
    ${server}
  }
}
`,
  )
  const child = start(command, ['-p', scratch.path, '-e', '/dev/null', '-c', scratch.at('config')], {
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
  return { url: `http://127.0.0.1:${port}/`, files, [Symbol.asyncDispose]: stop }
}
