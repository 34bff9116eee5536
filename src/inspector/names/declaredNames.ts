/** The names that the scopes of a source declare. */
import type { AnyNode, Identifier, Pattern } from 'acorn';
import { childrenOf } from './scriptSource.ts';

export type DeclarationKind = 'const' | 'import' | 'other';

interface Declared {
  /** Where the name stands. */
  id: Identifier;
  kind: DeclarationKind;
}

export function isScope({ type }: AnyNode): boolean {
  return /^(Program|BlockStatement|StaticBlock|For(In|Of)?Statement|SwitchStatement|CatchClause|Function(Declaration|Expression)|ArrowFunctionExpression|ClassExpression)$/.test(
    type,
  );
}

/** The names that a scope itself declares. `var` belongs to its function, but no outer constant can be meant by it. */
export function* declaredIn(scope: AnyNode): Generator<Declared> {
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
      if (scope.type === 'FunctionExpression' && scope.id) yield { id: scope.id, kind: 'const' };
      for (const parameter of scope.params) yield* named(parameter, 'other');
      yield* variablesOf(scope.body);
      break;
    case 'ClassExpression':
      if (scope.id) yield { id: scope.id, kind: 'const' };
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
      if (statement.id) yield { id: statement.id, kind: 'other' };
      break;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (statement.declaration) yield* declaredBy(statement.declaration);
      break;
    case 'ImportDeclaration':
      for (const { local } of statement.specifiers) yield { id: local, kind: 'import' };
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
      yield { id: pattern, kind };
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
