/** How a name is declared in the source of a script: V8 does not tell, and overwrites constants. */
import type { AnyNode, Pattern } from 'acorn';
import { childrenOf, offsetOf, parseScript, type Position } from '../scriptSource.ts';

export type DeclarationKind = 'const' | 'import' | 'other';

/**
 * @param at where the program is stopped; the declaration is the innermost one around it
 * @returns undefined if the source declares no such name there, `unparsable` if it can't be read
 */
export function declarationOf(source: string, name: string, at: Position): DeclarationKind | 'unparsable' | undefined {
  const program = parseScript(source);
  if (!program) return 'unparsable';
  const offset = offsetOf(source, at);
  let found: DeclarationKind | undefined;
  const visit = (node: AnyNode): void => {
    if (isScope(node)) {
      // The innermost is visited last.
      for (const declared of declaredIn(node)) if (declared.name === name) found = declared.kind;
    }
    for (const child of childrenOf(node)) if (child.start <= offset && offset <= child.end) visit(child);
  };
  visit(program);
  return found;
}

interface Declared {
  name: string;
  kind: DeclarationKind;
}

function isScope({ type }: AnyNode): boolean {
  return /^(Program|BlockStatement|StaticBlock|For(In|Of)?Statement|SwitchStatement|CatchClause|Function(Declaration|Expression)|ArrowFunctionExpression|ClassExpression)$/.test(
    type,
  );
}

/** The names that a scope itself declares. `var` belongs to its function, but no outer constant can be meant by it. */
function* declaredIn(scope: AnyNode): Generator<Declared> {
  switch (scope.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      for (const statement of scope.body) yield* declaredBy(statement);
      break;
    case 'ForStatement':
      if (scope.init) yield* declaredBy(scope.init);
      break;
    case 'ForInStatement':
    case 'ForOfStatement':
      yield* declaredBy(scope.left);
      break;
    case 'SwitchStatement':
      for (const { consequent } of scope.cases) for (const statement of consequent) yield* declaredBy(statement);
      break;
    case 'CatchClause':
      if (scope.param) yield* named(scope.param, 'other');
      break;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      // An expression's own name can't be assigned to; a parameter of that name comes after, and wins.
      if (scope.type === 'FunctionExpression' && scope.id) yield { name: scope.id.name, kind: 'const' };
      for (const parameter of scope.params) yield* named(parameter, 'other');
      yield* variablesOf(scope.body);
      break;
    case 'ClassExpression':
      if (scope.id) yield { name: scope.id.name, kind: 'const' };
      break;
    default:
  }
}

function* declaredBy(statement: AnyNode): Generator<Declared> {
  switch (statement.type) {
    case 'VariableDeclaration': {
      const kind = statement.kind === 'let' || statement.kind === 'var' ? 'other' : 'const';
      for (const { id } of statement.declarations) yield* named(id, kind);
      break;
    }
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      // `export default` may leave the name out.
      if (statement.id) yield { name: statement.id.name, kind: 'other' };
      break;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (statement.declaration) yield* declaredBy(statement.declaration);
      break;
    case 'ImportDeclaration':
      for (const { local } of statement.specifiers) yield { name: local.name, kind: 'import' };
      break;
    default:
  }
}

/** `var` declarations anywhere in a function, its inner functions left out. */
function* variablesOf(node: AnyNode): Generator<Declared> {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') yield* declaredBy(node);
  for (const child of childrenOf(node)) {
    if (!/Function(Declaration|Expression)$|^Class/.test(child.type)) yield* variablesOf(child);
  }
}

function* named(pattern: Pattern, kind: DeclarationKind): Generator<Declared> {
  switch (pattern.type) {
    case 'Identifier':
      yield { name: pattern.name, kind };
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        yield* named(property.type === 'RestElement' ? property.argument : property.value, kind);
      }
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) yield* named(element, kind);
      break;
    case 'AssignmentPattern':
      yield* named(pattern.left, kind);
      break;
    case 'RestElement':
      yield* named(pattern.argument, kind);
      break;
    default:
  }
}
