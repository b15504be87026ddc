/** What the name of a file says about it. */
export interface NameParts {
  readonly title: string
  /** The part of `title__task-id.ext` after the last two underscores. */
  readonly taskId?: string
}

// An extension has a letter, so that the 2 of `Trip 1.2` stays in the title.
const EXTENSION = /\.(?=\d*[a-z])[a-z\d]{1,8}$/i
const TASK_ID = /^[\w.-]+$/
const GAPS = /[\s_]+/g

/** A file's name without its extension; the whole name if it has none. */
export function stemOf(name: string): string {
  return name.replace(EXTENSION, '') || name
}

/**
 * The title and the task id in the name of a file, `title__task-id.ext`. Underscores in titles become spaces. What
 * follows the last `__` is an id only if it has nothing but ASCII letters, digits, `-`, `.` and `_`.
 *
 * @example
 * parseName('My_Video__123e4567-e89b-12d3.mp4') // { title: 'My Video', taskId: '123e4567-e89b-12d3' }
 * parseName('Big Buck Bunny [aqz-KE-bpKQ].mkv') // { title: 'Big Buck Bunny [aqz-KE-bpKQ]' }
 */
export function parseName(name: string): NameParts {
  const stem = stemOf(name)
  const at = stem.lastIndexOf('__')
  const title = at < 0 ? '' : asTitle(stem.slice(0, at))
  const taskId = stem.slice(at + 2)
  return title !== '' && TASK_ID.test(taskId) ? { title, taskId } : { title: asTitle(stem) || name }
}

function asTitle(text: string): string {
  return text.replaceAll(GAPS, ' ').trim()
}
