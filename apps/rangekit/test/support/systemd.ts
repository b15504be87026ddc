import { documented } from './documented.ts'

/** A unit of docs/deploying.md. */
export class Unit {
  readonly text: string

  constructor(name: string, replaced: Readonly<Record<string, string>> = {}) {
    this.text = documented(`/etc/systemd/system/${name}`, replaced)
  }

  /** The values of a setting, one for each line that has it. */
  settings(name: string): string[] {
    return [...this.text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  }
}
