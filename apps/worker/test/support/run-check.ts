import type { rangeSourceChecks } from '@rangekit/range-handler/testing'

/** Runs a check of the contract of a source, and tells what is wrong. */
export async function runCheck(
  check: ReturnType<typeof rangeSourceChecks>[number] | undefined,
): Promise<{ readonly problem?: string }> {
  try {
    await check?.run()
    return {}
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
