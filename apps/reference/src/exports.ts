import {
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  ReferenceReflection,
  ReflectionKind,
} from 'typedoc'

/** What an entry exports. */
export interface Export {
  readonly name: string
  readonly kind: Kind
  /** The first sentence of its docstring. */
  readonly summary: string
  /** The entry whose page describes it: another one if this one passes it on. */
  readonly home: string
}

export const KINDS = ['Functions', 'Classes', 'Constants', 'Types'] as const
export type Kind = (typeof KINDS)[number]

/** What each module of the project exports, by kind and name. */
export function readExports(project: ProjectReflection): ReadonlyMap<string, readonly Export[]> {
  const found = (project.children ?? []).map((module): [string, Export[]] => [
    module.name,
    (module.children ?? []).map(toExport).toSorted(byKindAndName),
  ])
  return new Map(found)
}

function byKindAndName(a: Export, b: Export): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.name.localeCompare(b.name, 'en')
}

function toExport(child: DeclarationReflection): Export {
  const { name } = child
  const target = child instanceof ReferenceReflection ? child.getTargetReflectionDeep() : child
  if (!target.isDeclaration()) throw new Error(`${name} leads nowhere`)
  const comment = target.comment ?? target.signatures?.[0]?.comment
  return { name, kind: kindOf(target), summary: firstSentence(comment), home: target.parent?.name ?? '' }
}

function kindOf({ kind }: DeclarationReflection): Kind {
  if (kind === ReflectionKind.Function) return 'Functions'
  if (kind === ReflectionKind.Class) return 'Classes'
  return kind === ReflectionKind.Variable ? 'Constants' : 'Types'
}

/** The first sentence, on one line. */
function firstSentence(comment: Comment | undefined): string {
  const parts = comment?.summary ?? []
  const text = parts.map(({ kind, text }) => (kind === 'inline-tag' ? `\`${text}\`` : text)).join('')
  const [paragraph = ''] = text.split('\n\n')
  const [sentence = ''] = paragraph.replaceAll('\n', ' ').split(/(?<=\.)\s+(?=[A-Z`])/)
  return sentence
}
