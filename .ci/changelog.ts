// How a change file becomes a line of a CHANGELOG.md (see .changeset/config.json): as it is written, without the hash
// of a commit.

/** @returns the text of a change file as an item of a list. */
export function getReleaseLine({ summary }: { readonly summary: string }): string {
  return `- ${summary.trim().replaceAll(/\n(?!\n)/g, '\n  ')}`
}

/** @returns nothing: all packages have one version, so that each follows the others says nothing. */
export function getDependencyReleaseLine(): string {
  return ''
}
