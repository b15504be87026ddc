/** A value, or one that is still on its way. */
export type MaybePromise<T> = T | Promise<T>

/**
 * `next` of a value: at once where it is there. What an open file is asked for needs no waiting, and each wait that
 * does not happen is a tenth of what a small answer takes.
 */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
