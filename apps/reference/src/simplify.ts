import {
  type Application,
  type Context,
  Converter,
  DeclarationReflection,
  IntersectionType,
  type Reflection,
  ReflectionKind,
  UnionType,
  UnknownType,
} from 'typedoc'
import ts from 'typescript'

/** Has the reference leave out what tells a reader nothing, and show the rest as it is written. */
export function simplify({ converter }: Application): void {
  const aliases = new Map<Reflection, string>()
  converter.on(Converter.EVENT_CREATE_DECLARATION, (context: Context, reflection: DeclarationReflection) => {
    const [declaration] = context.getSymbolFromReflection(reflection)?.declarations ?? []
    if (declaration && ts.isTypeAliasDeclaration(declaration)) {
      aliases.set(reflection, declaration.type.getFullText())
    }
  })
  converter.on(Converter.EVENT_RESOLVE_BEGIN, (context: Context) => {
    for (const [alias, text] of aliases) keepUnion(context, alias, text)
  })
  converter.on(Converter.EVENT_RESOLVE_END, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections)) {
      const isInherited =
        reflection instanceof DeclarationReflection && reflection.inheritedFrom !== undefined
      if (isInherited && reflection.kind === ReflectionKind.Constructor) project.removeReflection(reflection)
      // TypeDoc's name for a parameter that is destructured in the parameter list.
      if (reflection.name === '__namedParameters') reflection.name = 'options'
    }
  })
}

/** A union of objects is shown as its source, which says something of each of them. */
function keepUnion({ project }: Context, alias: Reflection, text: string): void {
  if (!(alias instanceof DeclarationReflection)) return
  if (!(alias.type instanceof UnionType) && !(alias.type instanceof IntersectionType)) return
  if (!alias.type.types.some(({ type }) => type === 'reflection')) return
  project.removeTypeReflections(alias.type)
  alias.type = new UnknownType(text.startsWith('\n') ? text : text.trimStart())
}
