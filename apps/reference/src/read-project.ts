import { join } from 'node:path'
import {
  Application,
  Logger,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import ts from 'typescript'
import { type PublishedPackage, ROOT } from './packages.ts'
import { simplify } from './simplify.ts'

const OPTIONS: Partial<TypeDocOptions & PluginOptions> = {
  plugin: ['typedoc-plugin-markdown'],
  name: 'API reference',
  logLevel: 'Warn',
  readme: 'none',
  // Line numbers would change with every commit.
  disableSources: true,
  excludeExternals: true,
  githubPages: false,
  hideGenerator: true,
  validation: { notDocumented: true, notExported: true, invalidLink: true },
  router: 'module',
  excludeScopesInPaths: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  expandParameters: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    leftAlignHeaders: true,
  },
  kindSortOrder: ['Function', 'Class', 'Variable', 'Interface', 'TypeAlias'],
  groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases', '*'],
}

/** What the packages export, as TypeDoc reads it, one module for each entry; and what it finds wrong with that. */
export async function readProject(packages: readonly PublishedPackage[]) {
  const app = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    basePath: ROOT,
    packagesRequiringDocumentation: packages.map(({ name }) => name),
  })
  const logger = new FaultLogger()
  app.logger = logger
  simplify(app)
  const entries = packages.flatMap((each) => each.entries)
  const sources = entries.map(({ source }) => join(ROOT, source))
  const program = ts.createProgram(sources, compilerOptions())
  const project = app.converter.convert(
    entries.map(({ name, source }) => {
      const sourceFile = program.getSourceFile(join(ROOT, source))
      if (sourceFile === undefined) throw new Error(`${source} cannot be read`)
      return { displayName: name, program, sourceFile }
    }),
  )
  app.options.setValue('intentionallyNotDocumented', selfEvident(project))
  app.validate(project)
  return { app, project, faults: logger.faults }
}

/** Collects warnings instead of printing them. */
class FaultLogger extends Logger {
  readonly faults: string[] = []

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.faults.push(message)
  }
}

/**
 * Properties that need no words: those of one value, which tell the members of a union apart, and those of an object
 * type that is written where it is used, and described there.
 */
function selfEvident(project: ProjectReflection): string[] {
  const properties = project.getReflectionsByKind(ReflectionKind.Property).filter((each) => {
    if (!each.isDeclaration() || each.hasComment()) return false
    const { parent } = each
    return (
      each.type?.type === 'literal' ||
      (parent?.kind === ReflectionKind.TypeLiteral && parent.parent?.hasComment())
    )
  })
  return [...new Set(properties.map((each) => each.getFullName()))]
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT).options
}
